/** Keeps a brown-out of the old token over a restart. */
import { z } from 'zod'
import type { Brownout } from '../access/brownout.ts'
import { jsonOf } from '../core/json.ts'
import type { Meta } from './meta.ts'

const NAME = 'token.brownout'
const SAVED = z.strictObject({ fingerprint: z.string(), until: z.number() })

/** `null`: none, or nothing that we can read. */
export function savedBrownout(meta: Pick<Meta, 'get'>): Brownout | null {
  return SAVED.safeParse(jsonOf(meta.get(NAME) ?? 'null')).data ?? null
}

/** Resolves when it is on disk. */
export function saveBrownout(meta: Pick<Meta, 'set'>, brownout: Brownout | null): Promise<void> {
  return meta.set(NAME, JSON.stringify(brownout))
}

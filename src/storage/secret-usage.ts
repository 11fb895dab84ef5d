/** Keeps who used which shared secret over restarts, so that a rotation still knows its stragglers. */
import { z } from 'zod'
import type { SecretUse, SecretUseStore } from '../access/usage.ts'
import type { Meta } from './meta.ts'

const NAME = 'secret.usage'
const USES = z.array(
  z.strictObject({
    fingerprint: z.string(),
    address: z.string(),
    principal: z.string(),
    client: z.string(),
    /** Written since devices are told apart. */
    device: z.string().default(''),
    firstAt: z.number(),
    lastAt: z.number(),
    uses: z.number(),
  }),
)

export function metaUsage(meta: Meta): SecretUseStore {
  const load = (): readonly SecretUse[] =>
    USES.safeParse(JSON.parse(meta.get(NAME) ?? '[]')).data ?? []
  const replace = (changed: readonly SecretUse[], kept: readonly SecretUse[]): Promise<void> => {
    const gone = new Set(changed.map(keyOf))
    return meta.set(
      NAME,
      JSON.stringify([...load().filter((use) => !gone.has(keyOf(use))), ...kept]),
    )
  }
  return {
    load: async () => load(),
    save: (uses) => replace(uses, uses),
    remove: (uses) => replace(uses, []),
  }
}

function keyOf({ fingerprint, address, principal, client, device }: SecretUse): string {
  return JSON.stringify([fingerprint, address, principal, client, device])
}

/** Reads a setup code: where the gateway is, and the secret that lets one device in (PROTOCOL 3.6). */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import { Secret } from '../core/secret.ts'

export interface SetupCode {
  /** Where to try, best first; never empty. */
  readonly urls: readonly string[]
  readonly secret: Secret
}

const MOST_URLS = 8
const wordsShape = z.looseObject({
  url: z.string().min(1),
  urls: z.array(z.string().min(1)).max(MOST_URLS).optional(),
  bootstrapToken: z.string().min(1),
})

/** `null` for what is none. Also as a link, `oc-pair://…`. */
export function readSetupCode(text: string): SetupCode | null {
  const code = text.trim().replace(/^oc-pair:\/\//, '')
  const parsed = wordsShape.safeParse(jsonOf(Buffer.from(code, 'base64url').toString()))
  if (!parsed.success) return null
  const { url, urls = [], bootstrapToken } = parsed.data
  return { urls: [...new Set([url, ...urls])], secret: new Secret(bootstrapToken) }
}

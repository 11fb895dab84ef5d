/** Reads a setup code: where a gateway is, and what lets one device in there, once (PROTOCOL 3.6). */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import { Secret } from '../core/secret.ts'

export interface SetupCode {
  /** At least one; best first. */
  readonly urls: readonly string[]
  readonly bootstrapToken: Secret
}

const MAX_LENGTH = 8192

const shape = z.looseObject({
  url: z.string().min(1),
  urls: z.array(z.string().min(1)).max(8).optional(),
  bootstrapToken: z.string().min(1),
})

/** `text`: the code, or the link `oc-pair://<code>`; `null` for anything else. Whether it still holds is for the gateway to say. */
export function readSetupCode(text: string): SetupCode | null {
  const code = text.trim().replace(/^oc-pair:\/\//i, '')
  if (code.length > MAX_LENGTH || !/^[\w-]+=*$/.test(code)) return null
  const parsed = shape.safeParse(jsonOf(Buffer.from(code, 'base64url').toString('utf8')))
  if (!parsed.success) return null
  const { url, urls = [], bootstrapToken } = parsed.data
  return { urls: [...new Set([url, ...urls])], bootstrapToken: new Secret(bootstrapToken) }
}

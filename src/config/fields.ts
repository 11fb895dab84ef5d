/** Kinds of settings that several sections use: secrets, addresses, header names, paths, ports. */
import * as z from 'zod'
import { isAddress, parseRange } from '../core/address.ts'
import { Secret } from '../core/secret.ts'

/** Where a secret is kept, in place of the secret. */
export const secretReference = z.strictObject({
  source: z.enum(['env', 'file', 'exec']),
  id: z.string().trim().min(1),
})
export type SecretReference = z.output<typeof secretReference>

const SECRET_ACCEPTS =
  'a string in quotes, "${VARIABLE}", or a reference { source: "env" | "file" | "exec", id: "…" }'

/** Never printed: `writeOnly` is what `config get`, `explain`, the reference page and the JSON Schema go by. */
export function secret(description: string) {
  return z
    .union([z.string(), secretReference])
    .transform((value, context): Secret => {
      const fault =
        typeof value === 'string' ? secretFault(value) : 'the reference was not resolved'
      if (fault !== null)
        context.addIssue({ code: 'custom', message: fault, params: { accepts: SECRET_ACCEPTS } })
      return new Secret(typeof value === 'string' ? value : '')
    })
    .optional()
    .meta({ description, writeOnly: true, accepts: SECRET_ACCEPTS })
}

/** A redacted view that was written back would otherwise become the secret (R60). */
export function isRedactionMarker(text: string): boolean {
  return /^\s*\[(redacted\b.*|secret)\]\s*$/is.test(text)
}

function secretFault(value: string): string | null {
  if (value.trim() === '') return 'is blank'
  if (isRedactionMarker(value)) return 'is a redaction marker, not the secret it stands for'
  return null
}

/** A connection address that may hold a password. */
export function secretUrl(description: string, schemes: readonly string[]) {
  const accepts = `an address that begins with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`
  return z
    .union([z.string(), secretReference])
    .transform((value, context): Secret => {
      const text = typeof value === 'string' ? value : ''
      if (!schemes.some((scheme) => text.startsWith(`${scheme}:`))) {
        context.addIssue({ code: 'custom', message: 'is no such address', params: { accepts } })
      }
      return new Secret(text)
    })
    .optional()
    .meta({ description, writeOnly: true, accepts })
}

export function flag(value: boolean, description: string) {
  return z.boolean().default(value).meta({ description })
}

/** A whole number with a default. */
export function whole(
  value: number,
  [least, most]: readonly [number, number],
  description: string,
) {
  return z.int().min(least).max(most).default(value).meta({ description })
}

export function text(accepts: string) {
  return z.string().trim().min(1).meta({ accepts })
}

/** Resolved by the loader: `~` is the home folder, a relative path starts at the config file's folder. */
export const path = text(
  'a path; `~` is the home folder, a relative one starts at the folder of the config file',
).meta({
  format: 'path',
})

export const address = z.string().refine(isAddress).meta({ accepts: 'an IPv4 or IPv6 address' })

export const addressRange = z
  .string()
  .refine((value) => parseRange(value) !== null)
  .meta({ accepts: 'an address (192.0.2.1) or a range (10.0.0.0/8, fd00::/8)' })

export const port = z.int().min(0).max(65_535)

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i

/** Lower-cased, since that is how they arrive. */
export const headerName = z
  .string()
  .trim()
  .regex(HEADER_NAME)
  .toLowerCase()
  .meta({ accepts: 'the name of an HTTP header, for example x-forwarded-user' })

/** Shown to people as it is, so nothing secret may stand in it. */
export function url(schemes: readonly string[]) {
  return z
    .string()
    .trim()
    .refine((value) => schemes.includes(URL.parse(value)?.protocol.slice(0, -1) ?? ''))
    .refine((value) => {
      const { username = '', password = '' } = URL.parse(value) ?? {}
      return username === '' && password === ''
    }, 'has a user or a password in it, which would be shown with it')
    .meta({ accepts: `an address such as ${schemes[0]}://host:port (${schemes.join(', ')})` })
}

/** What may stand in an API key file (S2). Fields of somebody else's are kept; misspelt ones of ours are refused. */
import * as z from 'zod'

const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'is no date: write "2026-12-31T00:00:00.000Z"',
  })
  .transform((text) => Date.parse(text))

const fields = {
  id: z
    .string({ error: 'is missing or no string' })
    .regex(
      /^[\w.@:+-]{1,128}$/,
      'may have letters, digits and . _ @ : + - only, and at most 128 of them',
    ),
  key: z
    .string({ error: 'is no string' })
    .regex(/^[\x21-\x7e]+$/, 'is empty, or has a blank or a character that no header can carry')
    .optional(),
  key_sha256: z
    .string({ error: 'is no string' })
    .regex(/^[0-9a-fA-F]{64}$/, 'is no SHA-256 in hex (64 characters)')
    .optional(),
  name: z.string({ error: 'is no string' }).optional(),
  permissions: z
    .array(z.string({ error: 'is no string' }), { error: 'is no list of strings' })
    .nullish(),
  created_at: time.nullish(),
  expires_at: time.nullish(),
  rotated_at: time.nullish(),
  revoked_at: time.nullish(),
  rate_limit: z
    .int({ error: 'is no whole number' })
    .min(1, 'must be at least 1; null means no limit')
    .nullish(),
}
const KNOWN = Object.keys(fields)

const entrySchema = z
  .looseObject(fields, { error: 'is no object' })
  .superRefine((entry, issues) => {
    if ((entry.key === undefined) === (entry.key_sha256 === undefined)) {
      issues.addIssue({ code: 'custom', message: 'needs exactly one of key and key_sha256' })
    }
    for (const name of Object.keys(entry)) {
      const meant = misspelt(name)
      if (meant === null) continue
      issues.addIssue({
        code: 'custom',
        path: [name],
        message: `is no field: did you mean ${meant}?`,
      })
    }
  })

export const apiKeysSchema = z.looseObject(
  { keys: z.array(entrySchema, { error: 'is missing or no list' }) },
  { error: 'must be an object with a list "keys"' },
)
export type FileEntry = z.output<typeof entrySchema>

/** Long enough to tell `expiresAt` from a field of somebody else's. */
const TELLING_LETTERS = 4

/** Of which field: an `expiresAt` that is passed over would be a key that never expires. */
function misspelt(name: string): string | null {
  if (KNOWN.includes(name)) return null
  const start = lettersOf(name).slice(0, TELLING_LETTERS)
  if (start.length < TELLING_LETTERS) return null
  return KNOWN.find((known) => lettersOf(known).startsWith(start)) ?? null
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

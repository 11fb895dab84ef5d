/** What creating, revoking and rotating an API key write into its file. */
import { randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { NewApiKey, NotChanged, Rotation } from '../operations/api-keys-keeper.ts'
import { addEntry, changeEntry } from './api-keys-edit.ts'
import type { KeyEntry } from './api-keys-parse.ts'
import type { ReadKeys } from './api-keys-read.ts'

/** `text`: the file's new text, `null` when it stays as it is; `id`: the entry that is meant. */
export type Edit =
  | { readonly kind: 'edited'; readonly text: string | null; readonly id: string }
  | NotChanged

const KEY_BYTES = 32
const MAX_ID_LENGTH = 40

/** `sk-` and 43 characters. */
export function newKey(): Secret {
  return new Secret(`sk-${randomText(KEY_BYTES)}`)
}

/** `now`: milliseconds since the epoch, here and below. */
export function creation(
  file: ReadKeys,
  { wanted, key, now }: { wanted: NewApiKey; key: Secret; now: number },
): Edit {
  const id = freeId(wanted.name, new Set(file.entries.map((entry) => entry.id)))
  const text = addEntry(file.text, {
    id,
    key_sha256: key.digest(),
    name: wanted.name,
    permissions: wanted.permissions,
    created_at: iso(now),
    expires_at: isoOrNull(wanted.expiresAt),
    rate_limit: wanted.rateLimit,
  })
  return { kind: 'edited', text, id }
}

export function revocation(file: ReadKeys, id: string, now: number): Edit {
  const known = file.entries.find((entry) => entry.id === id)
  if (known === undefined) return unknownKey(id)
  if (known.revokedAt !== null) return { kind: 'edited', text: null, id }
  return {
    kind: 'edited',
    text: changeEntry(file.text, id, { set: { revoked_at: iso(now) }, drop: [] }),
    id,
  }
}

export function rotation(
  file: ReadKeys,
  { wanted, key, now }: { wanted: Rotation; key: Secret; now: number },
): Edit {
  const { id, expiry, mayMint } = wanted
  const known = file.entries.find((entry) => entry.id === id)
  if (known === undefined) return unknownKey(id)
  if (known.revokedAt !== null) {
    return refused(
      `API key "${id}" is revoked for good: make a new one with \`openclaw api-keys create\``,
    )
  }
  if (!mayMint(known.scopes)) return refused(`API key "${id}" grants more than you hold`)
  const until = expiry.kind === 'set' ? expiry.at : keptExpiry(known, now)
  if (until === 'unknown') {
    return refused(
      `API key "${id}" has expired, and nobody wrote down when it was made: say with --expires how long it shall be valid`,
    )
  }
  const set = { key_sha256: key.digest(), expires_at: isoOrNull(until), rotated_at: iso(now) }
  return { kind: 'edited', text: changeEntry(file.text, id, { set, drop: ['key'] }), id }
}

/** Digests in place of the keys that are strong enough: of a weak one nobody could tell any more that it is. */
export function hashing(file: ReadKeys): { readonly text: string; readonly count: number } {
  const plain = file.entries.filter((entry) => entry.plain && !entry.refused)
  const text = plain.reduce(
    (at, { id, digest }) => changeEntry(at, id, { set: { key_sha256: digest }, drop: ['key'] }),
    file.text,
  )
  return { text, count: plain.length }
}

export function refused(message: string): NotChanged {
  return { kind: 'refused', message }
}

function unknownKey(id: string): NotChanged {
  return refused(`there is no API key "${id}": see \`openclaw api-keys list\``)
}

/** An expired key that is rotated would be dead at once: it lives as long again as it was given. */
function keptExpiry({ expiresAt, rotatedAt }: KeyEntry, now: number): number | null | 'unknown' {
  if (expiresAt === null || expiresAt > now) return expiresAt
  return rotatedAt === null || rotatedAt >= expiresAt ? 'unknown' : now + expiresAt - rotatedAt
}

/** `Deploy bot` → `deploy-bot`, `deploy-bot-2` … */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  const slug = plain.replace(/^-/, '').slice(0, MAX_ID_LENGTH).replace(/-$/, '') || 'key'
  if (!taken.has(slug)) return slug
  const next = { n: 2 }
  while (taken.has(`${slug}-${next.n}`)) next.n += 1
  return `${slug}-${next.n}`
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time)
}

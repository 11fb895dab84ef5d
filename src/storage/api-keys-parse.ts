/** The text of an API key file (S2) → the keys in it, or what is wrong with it and in which line. */
import type { ApiKey } from '../access/types.ts'
import type { Scope } from '../access/scopes.ts'
import { Secret } from '../core/secret.ts'
import { apiKeysSchema, type FileEntry } from './api-keys-schema.ts'
import { readPlacedJson } from './json-places.ts'

/** One entry of the file. Holds no secret. */
export interface KeyEntry extends ApiKey {
  /** SHA-256 of the key, hex. */
  readonly digest: string
  readonly permissions: readonly string[]
  /** Milliseconds since the epoch; `null` when the file does not say. */
  readonly createdAt: number | null
  /** When its present secret was made. */
  readonly rotatedAt: number | null
  /** The key itself stands in the file. */
  readonly plain: boolean
  /** Too weak: nobody is let in with it. */
  readonly refused: boolean
  /** As people are shown it: `sha256:` or `hmac:` and 8 hex. */
  readonly fingerprint: string
}

export interface KeyRules {
  /** Weak keys are refused, not only warned of: on anything but plain loopback (SPEC 2.2). */
  readonly strict: boolean
  /** `access/api-key-permissions.ts`. */
  readonly scopesOf: (permissions: readonly string[]) => {
    readonly scopes: readonly Scope[]
    readonly unknown: readonly string[]
  }
  /** In words why the key is too weak, else `null`. */
  readonly weakness: (key: Secret) => string | null
  readonly fingerprint: (key: Secret) => string
}

export type ParsedKeys =
  | {
      readonly kind: 'keys'
      readonly entries: readonly KeyEntry[]
      readonly warnings: readonly string[]
    }
  /** `problem`: `line 7: …`; quotes no key. */
  | { readonly kind: 'malformed'; readonly problem: string }

/** SHA-256 of the keys that S2 prints as examples: everybody knows them. */
const EXAMPLES: ReadonlySet<string> = new Set([
  'df995695bcab28695fd4590ae95c0a47c343f1cbef48432838574d8d6c8b7a77',
  '22cc4aba3fe52109d8c0c072c1399079c60a81b7053866e4f0db52a9a06635c2',
])

export function parseKeys(text: string, rules: KeyRules): ParsedKeys {
  const json = readPlacedJson(text)
  if (json.kind === 'broken') return malformed(json.line, `not JSON: ${json.message}`)
  const parsed = apiKeysSchema.safeParse(json.value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'is malformed' }
    return malformed(json.lineOf(path), `${inWords(path)} ${message}`)
  }
  const read = parsed.data.keys.map((entry) => readEntry(entry, rules))
  const entries = read.map(({ entry }) => entry)
  const twice = duplicate(entries)
  if (twice !== null) return malformed(json.lineOf(['keys', twice.index]), twice.message)
  const warnings = read.flatMap(({ entry, warnings }, index) =>
    warnings.map((words) => `line ${json.lineOf(['keys', index])}: API key "${entry.id}" ${words}`),
  )
  return { kind: 'keys', entries, warnings }
}

function readEntry(
  entry: FileEntry,
  rules: KeyRules,
): { readonly entry: KeyEntry; readonly warnings: readonly string[] } {
  const permissions = entry.permissions ?? []
  const { scopes, unknown } = rules.scopesOf(permissions)
  const key = entry.key === undefined ? null : new Secret(entry.key)
  const digest = key?.digest() ?? entry.key_sha256?.toLowerCase() ?? ''
  const weak = EXAMPLES.has(digest)
    ? 'is an example that anyone can look up'
    : key && rules.weakness(key)
  const refused = rules.strict && weak !== null
  return {
    entry: {
      id: entry.id,
      name: entry.name ?? entry.id,
      scopes,
      expiresAt: entry.expires_at ?? null,
      revokedAt: entry.revoked_at ?? null,
      rateLimit: entry.rate_limit ?? null,
      digest,
      permissions,
      createdAt: entry.created_at ?? null,
      rotatedAt: entry.rotated_at ?? entry.created_at ?? null,
      plain: key !== null,
      refused,
      fingerprint: key === null ? `sha256:${digest.slice(0, 8)}` : rules.fingerprint(key),
    },
    warnings: [
      ...(weak === null ? [] : [weakInWords(weak, refused, entry.id)]),
      ...unknown.map(
        (name) => `has the unknown permission ${JSON.stringify(name)}, which grants nothing`,
      ),
      ...(scopes.length === 0 ? ['has no known permission: it may do nothing'] : []),
    ],
  }
}

function weakInWords(weak: string, refused: boolean, id: string): string {
  const end = refused ? ' and is refused' : ''
  return `${weak}${end}: make a new one with \`openclaw api-keys rotate ${id}\``
}

function duplicate(
  entries: readonly KeyEntry[],
): { readonly index: number; readonly message: string } | null {
  const ids = new Set<string>()
  const digests = new Set<string>()
  for (const [index, { id, digest }] of entries.entries()) {
    if (ids.has(id)) return { index, message: `the id "${id}" stands twice` }
    if (digests.has(digest)) return { index, message: `"${id}" has the same key as another entry` }
    ids.add(id)
    digests.add(digest)
  }
  return null
}

function malformed(line: number, message: string): ParsedKeys {
  return { kind: 'malformed', problem: `line ${line}: ${message}` }
}

/** `keys[2].expires_at`. */
function inWords(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.join('').replace(/^\./, '') || 'it'
}

/** What the audit looks at of API keys: the entries as the gateway would accept them, and what is wrong with the file. */
import type { ApiKeyFact } from '../audit/types.ts'
import * as z from 'zod'
import type { Access } from '../access/types.ts'
import type { Config } from '../config/schema.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import type { KeyEntry } from '../storage/api-keys-parse.ts'
import { readAnyFile } from '../host/permissions.ts'
import { readKeys } from '../storage/api-keys-read.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { isOpen } from './exposure.ts'

export interface AuditKeys {
  /** `null`: keys are off, or the file cannot be read. */
  readonly facts: readonly ApiKeyFact[] | null
  readonly problem: string | null
  /** As the gateway finds them: none that it refuses. */
  readonly find: Access['apiKeys']['find']
}

export async function auditKeys(config: Config, fingerprints: Fingerprints): Promise<AuditKeys> {
  const { enabled, file: path } = config.security.apiKeys
  if (!enabled) return { facts: null, problem: null, find: () => null }
  // Whose the file is, and who reads it, is said by checks of their own.
  const rules = { ...apiKeyRules(fingerprints), checkFile: () => null }
  const read = await readKeys({ path, strict: true }, rules)
  if (read.kind === 'unusable') return { facts: null, problem: read.problem, find: () => null }
  const strict = isOpen(config)
  const accepted = read.entries.filter(({ refused }) => !(strict && refused))
  const byDigest = new Map(accepted.map((key) => [key.digest, key]))
  return {
    facts: read.entries.map(factOf),
    problem: null,
    find: (digest) => byDigest.get(digest) ?? null,
  }
}

/** Read strictly, `refused` says that it is weak, wherever the gateway listens. */
function factOf(key: KeyEntry): ApiKeyFact {
  const { id, name, plain, permissions, scopes, expiresAt, createdAt, refused, revokedAt } = key
  const kept = { id, name, plain, permissions, scopes, expiresAt, createdAt }
  return { ...kept, weak: refused, revoked: revokedAt !== null, lastUsedAt: null }
}

/** The keys that stand in the file as they are: only to ask whether they still open what they opened. */
export async function plainKeysIn({ security }: Config): Promise<readonly string[]> {
  try {
    const read = await readAnyFile(security.apiKeys.file)
    const file: unknown = JSON.parse(read.kind === 'text' ? read.text : '')
    const { data } = z
      .object({ keys: z.array(z.object({ key: z.string() }).catch({ key: '' })) })
      .safeParse(file)
    return (data?.keys ?? []).map(({ key }) => key).filter((key) => key !== '')
  } catch {
    return []
  }
}

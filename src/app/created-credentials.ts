/** Which API keys somebody made while authenticated by a token: the record knows, since each making is a change. */
import { listRecord } from '../record/read.ts'
import type { ApiKeysFile } from '../storage/api-keys-file.ts'
import type { CreatedCredential } from '../operations/token-promote.ts'

/** Looks at this many of the newest entries; a token that lived longer made keys that are old friends by now. */
const NEWEST = 100_000

export async function createdWith(
  fingerprint: string,
  { records, apiKeys }: { readonly records: string; readonly apiKeys: ApiKeysFile },
): Promise<readonly CreatedCredential[]> {
  const entries = await listRecord(records, {
    kind: null,
    since: null,
    client: null,
    limit: NEWEST,
  })
  const times = entries.flatMap(({ entry }) =>
    entry.kind === 'opened' &&
    entry.operation === 'api-keys.create' &&
    entry.fingerprint === fingerprint
      ? [entry.at]
      : [],
  )
  return apiKeys
    .list()
    .filter(
      ({ revokedAt, createdAt }) =>
        revokedAt === null &&
        createdAt !== null &&
        times.some((at) => at <= createdAt && createdAt - at < MAKING_MS),
    )
    .map(({ id, name, createdAt }) => ({
      kind: 'api-key',
      id,
      name,
      createdAt: createdAt ?? 0,
      revoke: `openclaw api-keys revoke ${id}`,
    }))
}

/** From the opened entry to the key's own date. */
const MAKING_MS = 5_000

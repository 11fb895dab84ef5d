/** Collects what the audit judges, beside a running gateway or without one; nothing is changed by it. */
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { ApiKeyFact, AuditFacts, SendersFact } from '../audit/types.ts'
import type { Access } from '../access/types.ts'
import { configuredAccounts } from '../config/channel-accounts.ts'
import { parseKeyPath } from '../config/key-path.ts'
import type { Loaded } from '../config/load.ts'
import { startRules } from '../config/start-rules.ts'
import { repositoryAbove } from '../config/version-control.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { CHANNELS } from '../channels/index.ts'
import { senderName } from '../senders/desk.ts'
import { isPast } from '../senders/admit.ts'
import type { SenderApproval } from '../senders/types.ts'
import type { KeyEntry } from '../storage/api-keys-parse.ts'
import { readKeys } from '../storage/api-keys-read.ts'
import { approvalsBeside } from '../storage/senders-beside.ts'
import { accessPolicy, networkPolicy, type HostFacts } from './access-policy.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { auditDecide } from './audit-decide.ts'
import { auditFiles } from './audit-files.ts'

export interface AuditParts {
  readonly loaded: Loaded
  readonly host: HostFacts
  /** Milliseconds since the epoch. */
  readonly now: number
}

export async function auditFacts({ loaded, host, now }: AuditParts): Promise<AuditFacts> {
  const { config, location, warnings } = loaded
  const rules = startRules(config)
  const [files, keys] = await Promise.all([auditFiles(loaded), keysOf(loaded)])
  const approvals = approvalsBeside(location.stateDir)
  const effective = { mode: rules.mode, allowLocalDirect: rules.allowLocalDirect }
  const policy = accessPolicy(config, effective, host)
  const access: Access = { ...NOBODY, policy, apiKeys: { find: keyFinder(keys ?? []) } }
  return {
    now,
    stateDir: location.stateDir,
    configFile: location.file,
    config,
    rules,
    warnings,
    offers: (key) => loaded.offers(parseKeyPath(key) ?? []),
    files,
    identityRepository: repositoryAbove(dirname(config.secrets.identity)),
    apiKeys: keys === null ? null : keys.map(keyFact),
    senders: sendersFact(loaded, approvals, now),
    decide: auditDecide({ access, network: networkPolicy(config, policy, host), now }),
    uid: host.ownUid,
  }
}

/** A stranger has no device and no session, and has guessed nothing yet. */
const fingerprints = new Fingerprints(randomBytes(32))
const NOBODY: Omit<Access, 'policy' | 'apiKeys'> = {
  sessions: { idleMs: 0, find: () => null },
  devices: {
    find: () => null,
    findToken: () => null,
    findSetupCode: () => null,
    wasSetupCode: () => false,
  },
  limits: { heldForMs: () => 0, attemptsLeft: () => 1, loopbackHeldForMs: () => 0 },
  fingerprints,
}

async function keysOf({ config }: Loaded): Promise<readonly KeyEntry[] | null> {
  const { enabled, file: path } = config.security.apiKeys
  if (!enabled) return null
  // Whose the file is, and who reads it, is said by checks of their own.
  const rules = { ...apiKeyRules(fingerprints), checkFile: () => null }
  const read = await readKeys({ path, strict: false }, rules)
  return read.kind === 'unusable' ? [] : read.entries
}

function keyFinder(keys: readonly KeyEntry[]): Access['apiKeys']['find'] {
  const byDigest = new Map(keys.map((key) => [key.digest, key]))
  return (digest) => byDigest.get(digest) ?? null
}

function keyFact(key: KeyEntry): ApiKeyFact {
  const { id, name, plain, permissions, expiresAt, createdAt } = key
  return { id, name, plain, permissions, expiresAt, createdAt, lastUsedAt: null }
}

function sendersFact(
  { config }: Loaded,
  approvals: readonly SenderApproval[],
  now: number,
): SendersFact {
  const pinned = new Set(
    approvals.flatMap(({ channel, account, entry }) =>
      entry === null ? [] : [`${channel} ${account} ${entry}`],
    ),
  )
  const unpinned = configuredAccounts(config.channels).flatMap(({ channel, account, settings }) =>
    settings.allowFrom.flatMap((entry) => {
      const kind = CHANNELS[channel].entryKind(entry)
      if (kind.kind !== 'name') return []
      const name = kind.name.toLowerCase()
      if (pinned.has(`${channel} ${account} ${name}`)) return []
      return [{ place: `channels.${channel}.allowFrom`, name: entry }]
    }),
  )
  return {
    approved: approvals.filter((one) => !isPast(one, now)).map(senderName),
    unpinned,
  }
}

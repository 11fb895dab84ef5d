/** Collects what the audit judges, beside a running gateway or without one; nothing is changed by it. */
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { AuditFacts } from '../audit/types.ts'
import type { Access } from '../access/types.ts'
import { parseKeyPath } from '../config/key-path.ts'
import type { Loaded } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { repositoryAbove } from '../config/version-control.ts'
import { isLoopback } from '../core/address.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { approvalsBeside } from '../storage/senders-beside.ts'
import { accessPolicy, networkPolicy, type HostFacts } from './access-policy.ts'
import { auditDecide } from './audit-decide.ts'
import { auditFiles } from './audit-files.ts'
import { auditKeys } from './audit-keys.ts'
import { auditPlace } from './audit-place.ts'
import { accountFacts, sendersFact } from './audit-senders.ts'
import { senderFaults } from './channel-warnings.ts'
import { isOpen } from './exposure.ts'
import { keysLikeSecrets } from './key-classes.ts'
import { placesFor } from './listeners.ts'

export interface AuditParts {
  readonly loaded: Loaded
  readonly host: HostFacts
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Why the configuration could not be read; `loaded` is then the defaults. */
  readonly unread?: readonly Problem[]
  /** What others could have written; nothing where it was not asked. */
  readonly distrusted?: AuditFacts['distrusted']
}

export async function auditFacts(parts: AuditParts): Promise<AuditFacts> {
  const { loaded, host, now, unread = [], distrusted = NOTHING } = parts
  const { config, location, warnings } = loaded
  const [files, keys, place] = await Promise.all([
    auditFiles(loaded),
    auditKeys(config, fingerprints),
    auditPlace(location.stateDir),
  ])
  const rules = startRules(config, keysLikeSecrets(config, keys))
  const listens = placesFor(config.gateway, TAILNET).map(({ address }) => address)
  const approvals = approvalsBeside(location.stateDir)
  const effective = { mode: rules.mode, allowLocalDirect: rules.allowLocalDirect }
  const policy = accessPolicy(config, effective, host)
  const access: Access = { ...NOBODY, policy, apiKeys: keys }
  return {
    now,
    stateDir: location.stateDir,
    configFile: location.file,
    config,
    rules,
    warnings,
    unread,
    distrusted,
    open: isOpen(config),
    listens,
    reached: listens.some((address) => !isLoopback(address)),
    offers: (key) => loaded.offers(parseKeyPath(key) ?? []),
    files,
    identityRepository: repositoryAbove(dirname(config.secrets.identity)),
    place,
    apiKeys: keys.facts,
    apiKeysProblem: keys.problem,
    senders: sendersFact(config, approvals, now),
    accounts: accountFacts(config, now),
    senderFaults: senderFaults(config),
    decide: auditDecide({ access, network: networkPolicy(config, policy, host), now }),
    uid: host.ownUid,
  }
}

const NOTHING = { files: [], program: false }
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
  brownouts: { holds: () => false },
  limits: { heldForMs: () => 0, attemptsLeft: () => 1, loopbackHeldForMs: () => 0 },
  fingerprints,
}

/** An address that Tailscale might give this machine: it counts whether it has one by now or not. */
const TAILNET = ['100.64.0.1']

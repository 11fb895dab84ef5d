/** One look of the audit: the configuration as it stands, or what stands in the way of reading it, and every fact about it. */
import { join } from 'node:path'
import { audit, type Audited } from '../audit/run.ts'
import type { AuditFacts } from '../audit/types.ts'
import type { Io } from '../cli/types.ts'
import type { LoadRequest } from '../config/gather.ts'
import { evaluate, load, type Loaded } from '../config/load.ts'
import { CONFIG_NAMES, locate, stateDirOf, type Location } from '../config/locate.ts'
import type { Problem } from '../config/problem.ts'
import { systemClock } from '../core/clock.ts'
import { auditFacts } from './audit-facts.ts'
import { auditHost, type Distrusted } from './audit-host.ts'
import { askHost } from './host-facts.ts'

export interface Look {
  readonly facts: AuditFacts
  readonly audited: Audited
  readonly loaded: Loaded
  /** This node's Tailscale addresses; empty where Tailscale plays no part. */
  readonly tailnet: readonly string[]
}

/**
 * `now`: milliseconds since the epoch. `before`: files that others could have written when they were looked at before;
 * what is in them did not become ours with their permissions.
 */
export async function look(
  io: Pick<Io, 'env'>,
  now: number = systemClock(),
  before: readonly string[] = [],
): Promise<Look> {
  const { loaded, unread, distrusted } = await loadAnyway(io, before)
  const { host, tailnetAddresses: tailnet } = await askHost(loaded.config, io.env['PATH'] ?? '')
  const facts = await auditFacts({ loaded, host, now, unread, distrusted })
  const audited = audit(facts, loaded.config.security.audit.accepted)
  return { facts, audited, loaded, tailnet }
}

interface LoadedAnyway {
  readonly loaded: Loaded
  readonly unread: readonly Problem[]
  readonly distrusted: Distrusted
}

/** Files that others can write are judged here, too: that is what the audit is for. */
async function loadAnyway(
  { env }: Pick<Io, 'env'>,
  before: readonly string[],
): Promise<LoadedAnyway> {
  const { host, distrusted } = auditHost(env, before)
  const request: LoadRequest = { variables: env, flags: {}, host, missing: 'omit' }
  const loaded = await load(request)
  return loaded.kind === 'loaded'
    ? { loaded, unread: [], distrusted: distrusted() }
    : { loaded: await defaults(request), unread: loaded.problems, distrusted: distrusted() }
}

/** Where the configuration would be, with nothing in it. */
async function defaults(request: LoadRequest): Promise<Loaded> {
  const location = locationOf(request)
  const loaded = await evaluate({
    kind: 'gathered',
    request,
    location,
    dotenv: { from: 'dotenv', file: location.dotenv, entries: new Map() },
    text: null,
    outside: 'ignore',
  })
  if (loaded.kind === 'refused') throw new Error('an empty configuration was refused')
  return loaded
}

function locationOf({ variables, host }: LoadRequest): Location {
  const located = locate({ variables, home: host.home, path: undefined })
  if (located.kind === 'located') return located.location
  const stateDir = stateDirOf(variables, host.home)
  return {
    stateDir,
    file: join(stateDir, CONFIG_NAMES[0]),
    folder: stateDir,
    dotenv: join(stateDir, '.env'),
  }
}

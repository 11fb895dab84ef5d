/** One look of the audit: the configuration as it stands, or what stands in the way of reading it, and every fact about it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { audit, type Audited } from '../audit/run.ts'
import type { AuditFacts } from '../audit/types.ts'
import type { Io } from '../cli/types.ts'
import type { LoadRequest } from '../config/gather.ts'
import { evaluate, load, type Loaded } from '../config/load.ts'
import { CONFIG_NAMES, locate, stateDirOf, type Location } from '../config/locate.ts'
import type { Problem } from '../config/problem.ts'
import { systemClock } from '../core/clock.ts'
import { codeOf } from '../core/errors.ts'
import { configHost } from '../host/config-host.ts'
import { auditFacts } from './audit-facts.ts'
import { askHost } from './host-facts.ts'

export interface Look {
  readonly facts: AuditFacts
  readonly audited: Audited
  readonly loaded: Loaded
  /** This node's Tailscale addresses; empty where Tailscale plays no part. */
  readonly tailnet: readonly string[]
}

/** `now`: milliseconds since the epoch. */
export async function look(io: Pick<Io, 'env'>, now: number = systemClock()): Promise<Look> {
  const { loaded, unread } = await loadAnyway(io)
  const { host, tailnetAddresses: tailnet } = await askHost(loaded.config, io.env['PATH'] ?? '')
  const facts = await auditFacts({ loaded, host, now, unread })
  const audited = audit(facts, loaded.config.security.audit.accepted)
  return { facts, audited, loaded, tailnet }
}

interface LoadedAnyway {
  readonly loaded: Loaded
  readonly unread: readonly Problem[]
}

/** Files that others can write are judged here, too: that is what the audit is for. */
async function loadAnyway({ env }: Pick<Io, 'env'>): Promise<LoadedAnyway> {
  const host = { ...configHost(env), read: readUnjudged }
  const request: LoadRequest = { variables: env, flags: {}, host, missing: 'omit' }
  const loaded = await load(request)
  return loaded.kind === 'loaded'
    ? { loaded, unread: [] }
    : { loaded: await defaults(request), unread: loaded.problems }
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

async function readUnjudged(path: string) {
  try {
    return { kind: 'text' as const, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'absent' as const }
    const fix = 'Run the audit as the user whose gateway it is'
    return { kind: 'refused' as const, why: `cannot be read (${codeOf(error)})`, fix }
  }
}

/** `openclaw auth replay`: the record of this host, asked of the configuration as it is and of another one. */
import { join } from 'node:path'
import type { Access, PresentedClass } from '../access/types.ts'
import type { ReplayEnd, ReplayOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import type { LoadRequest } from '../config/gather.ts'
import { load, type Loaded } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import type { Secret } from '../core/secret.ts'
import { configHost } from '../host/config-host.ts'
import { loadFingerprintKey } from '../host/fingerprint-key.ts'
import { entriesSince } from '../record/forward.ts'
import type { Rules } from '../server/replay/judge.ts'
import { ReplayTally } from '../server/replay/tally.ts'
import { readKeys } from '../storage/api-keys-read.ts'
import type { KeyEntry } from '../storage/api-keys-parse.ts'
import { devicesBeside } from '../storage/devices-beside.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import { accessPolicy, networkPolicy, type HostFacts } from './access-policy.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { isOpen } from './exposure.ts'
import { askHost } from './host-facts.ts'
import { lookups, standIn, type KnownCredentials } from './replay-known.ts'

/** `tell` hears how many lines were read, every now and then. */
export async function replayRecord(
  { config, since }: ReplayOptions,
  { env }: Io,
  tell: (lines: number) => void,
): Promise<ReplayEnd> {
  const [now, candidate] = await Promise.all([read(env, {}), read(env, { config })])
  for (const found of [now, candidate])
    if (typeof found === 'string') return { kind: 'unreadable', message: found }
  if (typeof now === 'string' || typeof candidate === 'string') throw new Error('unreachable')
  const { stateDir } = now.location
  const key = await loadFingerprintKey(stateDir)
  if (key.kind === 'failed') return { kind: 'unreadable', message: key.why }
  const saved = await new WebSessionFile(stateDir).load()
  const known: KnownCredentials = {
    devices: devicesBeside(stateDir),
    sessions: saved.kind === 'loaded' ? saved.sessions : [],
    fingerprints: new Fingerprints(key.key),
  }
  const { host } = await askHost(now.config, env['PATH'] ?? '')
  const shared = { known, host, now, candidate }
  const tally = new ReplayTally(await rulesOf(now, shared), await rulesOf(candidate, shared))
  let lines = 0
  for await (const entries of entriesSince(join(stateDir, 'records'), since)) {
    for (const entry of entries) tally.add(entry)
    lines += entries.length
    tell(lines)
  }
  return { kind: 'replayed', lines, ...tally.result() }
}

/** In words: why it cannot be asked. */
async function read(env: Io['env'], flags: LoadRequest['flags']): Promise<Loaded | string> {
  const loaded = await load({ variables: env, flags, host: configHost(env), missing: 'refuse' })
  if (loaded.kind === 'refused') return loaded.problems.map(problemText).join('; ')
  if (flags.config !== undefined && loaded.text === null)
    return `${flags.config}: there is no such file`
  const { problems, generateToken } = startRules(loaded.config)
  if (problems.length > 0)
    return `the gateway would not start with ${loaded.location.file}: ${problems.map(problemText).join('; ')}`
  return generateToken
    ? `${loaded.location.file} has no secret yet: a start would make one, and nobody knows which`
    : loaded
}

interface Shared {
  readonly known: KnownCredentials
  readonly host: HostFacts
  readonly now: Loaded
  readonly candidate: Loaded
}

async function rulesOf(loaded: Loaded, { known, host, now, candidate }: Shared): Promise<Rules> {
  const { mode, allowLocalDirect } = startRules(loaded.config)
  const policy = accessPolicy(loaded.config, { mode, allowLocalDirect }, host)
  const current = networkOf(now, host)
  const access: Access = {
    policy,
    ...lookups(known, await keysOf(loaded, now, known.fingerprints)),
    // Nobody is locked out, and nothing is browned out, in what is asked again.
    brownouts: { holds: () => false },
    limits: { heldForMs: () => 0, attemptsLeft: () => Infinity, loopbackHeldForMs: () => 0 },
    fingerprints: known.fingerprints,
  }
  return {
    access,
    network: networkOf(loaded, host),
    named: current.identityHeaders,
    trusted: (peer) => current.isTrusted(peer),
    users: [...new Set([now, candidate].flatMap(usersIn))],
    secretOf: secretsBy(access),
    deviceOf: devicesBy(known),
  }
}

function networkOf({ config }: Loaded, host: HostFacts) {
  const { mode, allowLocalDirect } = startRules(config)
  return networkPolicy(config, accessPolicy(config, { mode, allowLocalDirect }, host), host)
}

/** The keys of the file as it is now; those of another file where the candidate names one. */
async function keysOf(
  loaded: Loaded,
  now: Loaded,
  fingerprints: Fingerprints,
): Promise<readonly KeyEntry[]> {
  const named = loaded.offers(['security', 'apiKeys', 'file'])[0]?.from === 'config'
  const { file: path } = (named ? loaded : now).config.security.apiKeys
  const rules = { ...apiKeyRules(fingerprints), checkFile: () => null }
  const found = await readKeys({ path, strict: isOpen(loaded.config) }, rules)
  return found.kind === 'unusable' ? [] : found.entries.filter(({ refused }) => !refused)
}

function usersIn({ config }: Loaded): readonly string[] {
  const { trustedProxy, identityScopes } = config.gateway.auth
  return [...trustedProxy.allowUsers, ...Object.keys(identityScopes ?? {})]
}

/** A configured secret by either of its fingerprints. */
function secretsBy({ policy, fingerprints }: Access): Rules['secretOf'] {
  const configured = new Map(
    policy.secrets.flatMap(({ secret }) => [
      [fingerprints.own(secret), secret] as const,
      [fingerprints.refused(secret), secret] as const,
    ]),
  )
  const made = new Map<string, Secret>()
  return (cls: PresentedClass, fingerprint: string) => {
    const own = cls === 'shared' ? configured.get(fingerprint) : undefined
    if (own !== undefined) return own
    const name = `${cls} ${fingerprint}`
    const secret = made.get(name) ?? standIn(cls, fingerprint)
    if (made.size >= MOST_STAND_INS) made.clear()
    made.set(name, secret)
    return secret
  }
}

/** Wrong guesses all differ. */
const MOST_STAND_INS = 10_000

function devicesBy({ devices }: KnownCredentials): Rules['deviceOf'] {
  const byShort = new Map(devices.map(({ id, publicKey }) => [id.slice(0, 12), { id, publicKey }]))
  return (short) => byShort.get(short) ?? { id: short.padEnd(64, '0'), publicKey: '' }
}

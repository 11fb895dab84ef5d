/** Everything the gateway keeps: opened once at a start, closed in the opposite order. */
import { join } from 'node:path'
import { LiveBrownout } from '../access/brownout.ts'
import { LastUse } from '../access/last-use.ts'
import { LoginLinks } from '../access/login-links.ts'
import { Throttle } from '../access/throttle.ts'
import { SecretUsage } from '../access/usage.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import type { Config } from '../config/schema.ts'
import { recordKey } from '../record/head-key.ts'
import { systemClock } from '../core/clock.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import type { Secret } from '../core/secret.ts'
import { loadFingerprintKey } from '../host/fingerprint-key.ts'
import { openLog, type Log } from '../host/log.ts'
import { createScrubber, type Scrubber } from '../host/scrub.ts'
import { PairingDesk, type PairingEvent } from '../pairing/desk.ts'
import { DeviceTokens } from '../pairing/tokens.ts'
import { SenderDesk, type SenderEvent } from '../senders/desk.ts'
import { openRecord, type OpenRecord } from '../record/append.ts'
import { ApiKeysFile, openApiKeysFile } from '../storage/api-keys-file.ts'
import { openLockJournal, type FileLockJournal } from '../storage/lock-journal.ts'
import { savedBrownout } from '../storage/brownout.ts'
import { lastUseSince, lastUseStore } from '../storage/last-use.ts'
import { openMeta, type Meta } from '../storage/meta.ts'
import { metaHeads } from '../storage/record-head.ts'
import { openStore, type Store } from '../storage/open.ts'
import { loadPairings, pairingStore } from '../storage/pairings.ts'
import { loadSenders, senderStore } from '../storage/senders.ts'
import { metaUsage } from '../storage/secret-usage.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { StartProblem } from './start-problem.ts'

export interface State {
  readonly log: Log
  readonly scrubber: Scrubber
  readonly fingerprints: Fingerprints
  readonly store: Store
  readonly record: OpenRecord
  readonly throttle: Throttle
  readonly journal: FileLockJournal
  readonly apiKeys: ApiKeysFile
  readonly sessions: LiveWebSessions
  readonly links: LoginLinks
  readonly usage: SecretUsage
  readonly brownout: LiveBrownout
  readonly lastUse: LastUse
  /** Who came with a token that was browned out; forgotten at a restart, the record has them. */
  readonly turnedAway: SecretUsage
  readonly pairing: PairingDesk
  readonly senders: SenderDesk
  readonly meta: Meta
  readonly warnings: readonly string[]
  /** Writes what was only counted, such as the use of tokens, and what a full disk did not take. Never rejects. */
  flush(): Promise<void>
  /** Writes what waits, and closes the files. */
  close(): Promise<void>
}

export interface StateOptions {
  readonly stateDir: string
  /** Asked again wherever a reload may change the answer. */
  readonly config: () => Config
  /** Weak API keys are refused: on anything but plain loopback. */
  readonly strict: boolean
  readonly verbose: boolean
  /** Never to be written into a log or the record. */
  readonly secrets: readonly Secret[]
  readonly write: (text: string) => void
  readonly onSessionsEnded: (credentialIds: readonly string[]) => void
  readonly onPairing: (event: PairingEvent) => void
  readonly onSender: (event: SenderEvent) => void
}

/** Clients told apart while their token is refused. */
const TURNED_AWAY = 1_000

/** Throws {@link StartProblem} for what the operator can mend. */
export async function openState(options: StateOptions): Promise<State> {
  const { stateDir, config } = options
  const scrubber = createScrubber(options.secrets)
  const [log, key, store] = await Promise.all([
    openGatewayLog(options, scrubber),
    stateKey(stateDir),
    openStore(stateDir),
  ])
  const fingerprints = new Fingerprints(key)
  const meta = await openMeta(store)
  const [record, { journal, throttle }, keys, sessions, pairing, senders] = await Promise.all([
    openRecord({
      dir: join(stateDir, 'records'),
      key: recordKey(key),
      heads: metaHeads(meta),
      maxBytes: config().record.maxBytes,
      clock: systemClock,
      scrub: scrubber.scrubJson,
      report: (level, message) => log[level](message),
      print: (line) => log.print(line),
    }),
    openThrottle(options, log),
    openApiKeys(options, fingerprints),
    openSessions(options, log),
    openPairing(options, { store, key, log }),
    openSenders(options, { store, log }),
  ])
  const usage = new SecretUsage()
  const uses = metaUsage(meta)
  await usage.restore(uses)
  const flushUsage = (): Promise<void> =>
    usage
      .flush(uses)
      .catch((error: unknown) => log.failure('the use of tokens could not be kept', error))
  const lastUses = lastUseStore(store)
  const lastUse = new LastUse(await lastUseSince(meta, systemClock()), await lastUses.load())
  const flushLastUse = (): Promise<void> =>
    lastUse
      .flush(lastUses)
      .catch((error: unknown) => log.failure('the use of access could not be kept', error))
  const flushDevices = (): Promise<void> =>
    pairing
      .flush()
      .catch((error: unknown) => log.failure('the use of devices could not be kept', error))
  const flushSenders = (): Promise<void> =>
    senders
      .flush()
      .catch((error: unknown) =>
        log.failure('what was taken from senders could not be kept', error),
      )
  return {
    log,
    scrubber,
    pairing,
    senders,
    meta,
    fingerprints,
    store,
    record,
    throttle,
    journal,
    sessions,
    usage,
    lastUse,
    brownout: new LiveBrownout((secret) => fingerprints.own(secret), savedBrownout(meta)),
    turnedAway: new SecretUsage(TURNED_AWAY),
    apiKeys: keys.file,
    links: new LoginLinks(),
    warnings: keys.warnings,
    flush: async () =>
      void (await Promise.all([flushUsage(), flushDevices(), flushSenders(), flushLastUse()])),
    async close() {
      await flushUsage()
      await flushDevices()
      await flushSenders()
      await flushLastUse()
      await sessions
        .flush(systemClock())
        .catch((error: unknown) => log.failure('web sessions could not be kept', error))
      await record.stop()
      await journal.close()
      await store.close()
      await log.flush()
    },
  }
}

function openGatewayLog(
  { stateDir, config, verbose, write }: StateOptions,
  scrubber: Scrubber,
): Promise<Log> {
  const { level } = config().logging
  return openLog({
    stateDir,
    level: verbose || level === 'trace' ? 'debug' : level,
    scrubber,
    write,
    clock: systemClock,
  })
}

async function stateKey(stateDir: string): Promise<Buffer> {
  const loaded = await loadFingerprintKey(stateDir)
  if (loaded.kind === 'failed') throw new StartProblem(loaded.why)
  return loaded.key
}

async function openThrottle(
  { stateDir, config }: StateOptions,
  log: Log,
): Promise<{ journal: FileLockJournal; throttle: Throttle }> {
  const { journal, locks } = await openLockJournal({
    path: join(stateDir, 'locks.jsonl'),
    wall: systemClock,
    onTrouble: (message) => log.error(message),
  })
  const throttle = new Throttle({
    settings: config().gateway.auth.rateLimit,
    steady: () => performance.now(),
    wall: systemClock,
    journal,
  })
  throttle.restore(locks)
  return { journal, throttle }
}

async function openApiKeys(
  { config, strict }: StateOptions,
  fingerprints: Fingerprints,
): Promise<{ file: ApiKeysFile; warnings: readonly string[] }> {
  const { enabled, file } = config().security.apiKeys
  const options = { path: file, strict, ...apiKeyRules(fingerprints) }
  const opened = await openApiKeysFile(options)
  if (opened.kind === 'opened')
    return { file: opened.keys, warnings: enabled ? opened.warnings : [] }
  if (enabled) throw new StartProblem(opened.problem)
  // Nobody is let in by it now, so it is no reason not to start.
  return { file: new ApiKeysFile(options), warnings: [opened.problem] }
}

async function openPairing(
  { config, onPairing }: StateOptions,
  { store, key, log }: { readonly store: Store; readonly key: Buffer; readonly log: Log },
): Promise<PairingDesk> {
  const { state, problems } = await loadPairings(store)
  if (problems.length > 0)
    log.warn(
      `${problems.length} device record(s) in the store cannot be read and admit nobody: ${problems.slice(0, 5).join(', ')}. Approve those devices again when they ask`,
    )
  return new PairingDesk({
    saved: state,
    store: pairingStore(store, systemClock),
    tokens: new DeviceTokens(key),
    rules: () => {
      const { pairingTimeout, maxPendingPairings } = config().security
      return { waitsMs: pairingTimeout * 1000, most: maxPendingPairings }
    },
    clock: systemClock,
    announce: onPairing,
  })
}

async function openSenders(
  { onSender }: StateOptions,
  { store, log }: { readonly store: Store; readonly log: Log },
): Promise<SenderDesk> {
  const { state, problems } = await loadSenders(store)
  if (problems.length > 0)
    log.warn(
      `${problems.length} sender record(s) in the store cannot be read and let nobody in: ${problems.slice(0, 5).join(', ')}. Approve those people again when they write`,
    )
  return new SenderDesk({
    saved: state,
    store: senderStore(store),
    clock: systemClock,
    announce: onSender,
  })
}

async function openSessions(
  { stateDir, config, onSessionsEnded }: StateOptions,
  log: Log,
): Promise<LiveWebSessions> {
  const store = new WebSessionFile(stateDir)
  const saved = await store.load()
  if (saved.kind === 'unusable') log.warn(saved.problem)
  const rules = () => ({
    idleMs: config().security.session.timeout * 1000,
    maxConcurrent: config().security.session.maxConcurrent,
  })
  return new LiveWebSessions(
    {
      saved: saved.kind === 'loaded' ? saved.sessions : [],
      store,
      rules,
      onEnded: onSessionsEnded,
      onWriteError: (error) => log.failure('web sessions could not be kept', error),
    },
    systemClock(),
  )
}

/** What the gateway keeps, opened one by one: each from its file or from the store, with what could not be read said in the log. */
import { join } from 'node:path'
import { LastUse } from '../access/last-use.ts'
import { Throttle } from '../access/throttle.ts'
import { SecretUsage } from '../access/usage.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import type { Config } from '../config/schema.ts'
import { systemClock } from '../core/clock.ts'
import { counted } from '../core/counted.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import type { Secret } from '../core/secret.ts'
import { loadFingerprintKey } from '../host/fingerprint-key.ts'
import { openLog, type Log } from '../host/log.ts'
import type { Scrubber } from '../host/scrub.ts'
import { PairingDesk, type PairingEvent } from '../pairing/desk.ts'
import { DeviceTokens } from '../pairing/tokens.ts'
import { openRecord, type OpenRecord } from '../record/append.ts'
import { recordKey } from '../record/head-key.ts'
import { SenderDesk, type SenderEvent } from '../senders/desk.ts'
import { ApiKeysFile, openApiKeysFile } from '../storage/api-keys-file.ts'
import { openLockJournal, type FileLockJournal } from '../storage/lock-journal.ts'
import { lastUseSince, lastUseStore } from '../storage/last-use.ts'
import type { Meta } from '../storage/meta.ts'
import type { Store } from '../storage/open.ts'
import { loadPairings, pairingStore } from '../storage/pairings.ts'
import { metaHeads } from '../storage/record-head.ts'
import { metaUsage } from '../storage/secret-usage.ts'
import { loadSenders, senderStore } from '../storage/senders.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { StartProblem } from './start-problem.ts'

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

export function openGatewayLog(
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

export async function stateKey(stateDir: string): Promise<Buffer> {
  const loaded = await loadFingerprintKey(stateDir)
  if (loaded.kind === 'failed') throw new StartProblem(loaded.why)
  return loaded.key
}

export async function openThrottle(
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

export async function openApiKeys(
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

export async function openPairing(
  { config, onPairing }: StateOptions,
  { store, key, log }: { readonly store: Store; readonly key: Buffer; readonly log: Log },
): Promise<PairingDesk> {
  const { state, problems } = await loadPairings(store)
  if (problems.length > 0)
    log.warn(
      `${counted(problems.length, 'device record')} in the store cannot be read and let nobody in: ${problems.slice(0, 5).join(', ')}. Approve those devices again when they ask`,
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

export async function openSenders(
  { onSender }: StateOptions,
  { store, log }: { readonly store: Store; readonly log: Log },
): Promise<SenderDesk> {
  const { state, problems } = await loadSenders(store)
  if (problems.length > 0)
    log.warn(
      `${counted(problems.length, 'sender record')} in the store cannot be read and let nobody in: ${problems.slice(0, 5).join(', ')}. Approve those people again when they write`,
    )
  return new SenderDesk({
    saved: state,
    store: senderStore(store),
    clock: systemClock,
    announce: onSender,
  })
}

export async function openSessions(
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

export function openGatewayRecord(
  { stateDir, config }: StateOptions,
  {
    key,
    meta,
    scrubber,
    log,
  }: {
    readonly key: Buffer
    readonly meta: Meta
    readonly scrubber: Scrubber
    readonly log: Log
  },
): Promise<OpenRecord> {
  return openRecord({
    dir: join(stateDir, 'records'),
    key: recordKey(key),
    heads: metaHeads(meta),
    maxBytes: config().record.maxBytes,
    clock: systemClock,
    scrub: scrubber.scrubJson,
    report: (level, message) => log[level](message),
    print: (line) => log.print(line),
  })
}

/** Counted in memory, and written when asked. */
interface Counted<Kept> {
  readonly kept: Kept
  flush(this: void): Promise<void>
}

export async function openUsage(meta: Meta): Promise<Counted<SecretUsage>> {
  const uses = metaUsage(meta)
  const kept = new SecretUsage()
  await kept.restore(uses)
  return { kept, flush: () => kept.flush(uses) }
}

export async function openLastUse(meta: Meta, store: Store): Promise<Counted<LastUse>> {
  const uses = lastUseStore(store)
  const kept = new LastUse(await lastUseSince(meta, systemClock()), await uses.load())
  return { kept, flush: () => kept.flush(uses) }
}

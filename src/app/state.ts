/** Everything the gateway keeps: opened once at a start, closed in the opposite order. */
import { LiveBrownout } from '../access/brownout.ts'
import type { LastUse } from '../access/last-use.ts'
import { LoginLinks } from '../access/login-links.ts'
import type { Throttle } from '../access/throttle.ts'
import { SecretUsage } from '../access/usage.ts'
import type { LiveWebSessions } from '../access/web-sessions.ts'
import { systemClock } from '../core/clock.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import type { Log } from '../host/log.ts'
import { createScrubber, type Scrubber } from '../host/scrub.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import type { OpenRecord } from '../record/append.ts'
import type { SenderDesk } from '../senders/desk.ts'
import type { ApiKeysFile } from '../storage/api-keys-file.ts'
import { savedBrownout } from '../storage/brownout.ts'
import type { FileLockJournal } from '../storage/lock-journal.ts'
import { openMeta, type Meta } from '../storage/meta.ts'
import { openStore, type Store } from '../storage/open.ts'
import {
  openApiKeys,
  openGatewayLog,
  openGatewayRecord,
  openLastUse,
  openPairing,
  openSenders,
  openSessions,
  openThrottle,
  openUsage,
  stateKey,
  type StateOptions,
} from './state-parts.ts'

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

/** Clients told apart while their token is refused. */
const TURNED_AWAY = 1_000

/** Throws {@link StartProblem} for what the operator can mend. */
export async function openState(options: StateOptions): Promise<State> {
  const { stateDir } = options
  const scrubber = createScrubber(options.secrets)
  const [log, key, store] = await Promise.all([
    openGatewayLog(options, scrubber),
    stateKey(stateDir),
    openStore(stateDir),
  ])
  const fingerprints = new Fingerprints(key)
  const meta = await openMeta(store)
  const [record, { journal, throttle }, keys, sessions, pairing, senders] = await Promise.all([
    openGatewayRecord(options, { key, meta, scrubber, log }),
    openThrottle(options, log),
    openApiKeys(options, fingerprints),
    openSessions(options, log),
    openPairing(options, { store, key, log }),
    openSenders(options, { store, log }),
  ])
  const usage = await openUsage(meta)
  const lastUse = await openLastUse(meta, store)
  const flush = flushing(log, [
    ['the use of tokens', usage.flush],
    ['the use of access', lastUse.flush],
    ['the use of devices', () => pairing.flush()],
    ['what was taken from senders', () => senders.flush()],
  ])
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
    usage: usage.kept,
    lastUse: lastUse.kept,
    brownout: new LiveBrownout((secret) => fingerprints.own(secret), savedBrownout(meta)),
    turnedAway: new SecretUsage(TURNED_AWAY),
    apiKeys: keys.file,
    links: new LoginLinks(),
    warnings: keys.warnings,
    flush,
    async close() {
      await flush()
      await flushing(log, [['web sessions', () => sessions.flush(systemClock())]])()
      await record.stop()
      await journal.close()
      await store.close()
      await log.flush()
    },
  }
}

/** Writes them all, side by side; what cannot be written is said and tried again the next time. */
function flushing(
  log: Log,
  written: readonly (readonly [what: string, flush: () => Promise<void>])[],
): () => Promise<void> {
  return async () => {
    await Promise.all(
      written.map(([what, flush]) =>
        flush().catch((error: unknown) => log.failure(`${what} could not be kept`, error)),
      ),
    )
  }
}

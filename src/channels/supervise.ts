/** Keeps one account connected: runs it again when it ends, later and later while it keeps failing. */
import type { Clock } from '../core/clock.ts'
import { backoffMs, pause } from './backoff.ts'
import type { ChannelAccount, Receiver } from './types.ts'

/** What can be said of an account at any moment. */
export interface AccountState {
  running: boolean
  connected: boolean
  /** Why it is not connected, or was not the last time; never a secret. */
  lastError: string | null
  /** Milliseconds since the epoch, as all times here; `null` never. */
  lastStartAt: number | null
  lastConnectedAt: number | null
  lastInboundAt: number | null
  lastOutboundAt: number | null
  /** How often it had to be connected again. */
  reconnects: number
}

export function newAccountState(): AccountState {
  return {
    running: false,
    connected: false,
    lastError: null,
    lastStartAt: null,
    lastConnectedAt: null,
    lastInboundAt: null,
    lastOutboundAt: null,
    reconnects: 0,
  }
}

export interface Supervision {
  readonly state: AccountState
  readonly clock: Clock
  readonly signal: AbortSignal
  /** In words, without secrets. */
  readonly problemOf: (error: unknown) => string
  readonly warn: (message: string) => void
}

/** Once it was connected for so long, a failure counts as the first again. */
const SETTLED_MS = 60_000

/** Resolves when `signal` fires. Never rejects: whatever an account throws ends that connection alone. */
export async function supervise(
  account: ChannelAccount,
  receiver: Receiver,
  { state, clock, signal, problemOf, warn }: Supervision,
): Promise<void> {
  let failures = 0
  const connected = (): void => {
    state.connected = true
    state.lastConnectedAt = clock()
    state.lastError = null
    receiver.connected()
  }
  while (!signal.aborted) {
    state.running = true
    state.lastStartAt = clock()
    const began = performance.now()
    const problem = await account
      .run({ ...receiver, connected }, signal)
      .then(() => 'the connection ended', problemOf)
    const wasConnected = state.connected
    state.connected = false
    if (signal.aborted) break
    failures = wasConnected && performance.now() - began >= SETTLED_MS ? 1 : failures + 1
    state.lastError = problem
    state.reconnects += 1
    const waitMs = backoffMs(failures)
    warn(
      `${account.ref.channel} (${account.ref.account}): ${problem}; trying again in ${Math.ceil(waitMs / 1000)} s`,
    )
    await pause(waitMs, signal)
  }
  state.running = false
}

/** Forgets, at the start and every hour, that messages came which no network delivers again by now. */
import { REMEMBERED_MS } from '../channels/reception.ts'
import type { MessageStore } from '../channels/store.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../host/log.ts'

const EVERY_MS = 3_600_000

export interface Upkeep {
  /** Never rejects: what could not be forgotten is tried again an hour later. */
  start(): Promise<void>
  stop(): void
}

export interface UpkeepParts {
  readonly store: Pick<MessageStore, 'prune'>
  readonly log: Pick<Log, 'failure'>
  readonly clock: Clock
}

export function channelUpkeep({ store, log, clock }: UpkeepParts): Upkeep {
  const state: { timer: NodeJS.Timeout | null; failed: boolean } = { timer: null, failed: false }
  const prune = async (): Promise<void> => {
    try {
      await store.prune(clock() - REMEMBERED_MS)
      state.failed = false
    } catch (error) {
      // Said once for as long as it goes on; after the end the store is closed.
      if (!state.failed && state.timer !== null)
        log.failure('old messages of chat networks could not be forgotten', error)
      state.failed = true
    }
  }
  return {
    async start() {
      state.timer ??= setInterval(() => void prune(), EVERY_MS).unref()
      await prune()
    },
    stop() {
      clearInterval(state.timer ?? undefined)
      state.timer = null
    },
  }
}

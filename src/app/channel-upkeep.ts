/** Forgets, at the start and every hour, that messages came which no network delivers again by now; and names what was left out at the start. */
import { counted } from '../core/counted.ts'
import { REMEMBERED_MS } from '../channels/reception.ts'
import type { MessageStore } from '../channels/store.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../host/log.ts'
import type { UnreadableMessages } from '../storage/channel-messages.ts'

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

/** What they held, or whose they are, is not for a log. */
export function sayUnreadable(
  log: Pick<Log, 'warn'>,
): ({ inbox, outbox }: UnreadableMessages) => void {
  return ({ inbox, outbox }) =>
    log.warn(
      `${counted(inbox.length, 'message')} that waited for an answer and ${outbox.length} that waited to be sent cannot be read and are left out: \`openclaw gateway stop && openclaw recover\` moves them aside`,
    )
}

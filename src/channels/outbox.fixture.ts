/** For tests: an outbox that runs on an account that is only here, on a disk and with messages that a test may fail. */
import { memoryAccount } from './account.fixture.ts'
import { Outbox } from './outbox.ts'
import type { ChannelLimits, Sent } from './types.ts'

export function later(afterMs: number | null): Sent {
  return { kind: 'later', afterMs, problem: 'too many requests' }
}

export function runningOutbox(limits: Partial<ChannelLimits> = {}) {
  const memory = memoryAccount(limits)
  const forgotten: string[] = []
  const warnings: string[] = []
  const disk = { full: false }
  /** Ids of messages that are not due any more. */
  const gone = new Set<string>()
  const told = { sent: 0, refused: 0 }
  const outbox = new Outbox(memory.account, {
    store: {
      async forget(id) {
        if (disk.full) throw new Error('the disk is full')
        forgotten.push(id)
      },
    },
    clock: () => 0,
    due: ({ id }) => !gone.has(id),
    sent: () => {
      told.sent += 1
    },
    refused: () => {
      told.refused += 1
    },
    warn: (message) => warnings.push(message),
  })
  const stop = new AbortController()
  const ended = { already: false }
  const run = outbox.run(stop.signal).then(() => {
    ended.already = true
  })
  const ids = () => memory.sent.map(({ id }) => id)
  return { ...memory, outbox, forgotten, warnings, disk, gone, told, stop, run, ended, ids }
}

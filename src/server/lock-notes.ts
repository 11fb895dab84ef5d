/** Tells of locks as they come about: one by one while they are few, a count a second when ten thousand addresses guess (R32). */
import { counted } from '../core/counted.ts'
import type { Clock } from '../core/clock.ts'
import type { CredentialClass } from '../access/types.ts'
import type { Recorder } from '../record/types.ts'
import type { Log } from './gateway.ts'

const WINDOW_MS = 1_000
const MOST = 50

export interface LockNotes {
  created(address: string, cls: CredentialClass): void
}

export function lockNotes({
  record,
  log,
  clock,
}: {
  readonly record: Pick<Recorder, 'note'>
  readonly log: Pick<Log, 'warn'>
  readonly clock: Clock
}): LockNotes {
  const window = { since: 0, told: 0, untold: 0 }
  const close = (now: number): void => {
    const { untold } = window
    window.since = now
    window.told = 0
    window.untold = 0
    if (untold === 0) return
    record.note({ at: now, event: 'lock.created.more', by: null, facts: { count: untold } })
    log.warn(
      `auth locked ${counted(untold, 'more address', 'more addresses')} within a second: \`openclaw lockouts list\` has them`,
    )
  }
  return {
    created(address, cls) {
      const now = clock()
      if (now - window.since >= WINDOW_MS || now < window.since) close(now)
      if (window.told >= MOST) {
        // The last second of a flood has nobody after it to close it.
        if (window.untold === 0) setTimeout(() => close(clock()), WINDOW_MS).unref()
        window.untold += 1
        return
      }
      window.told += 1
      record.note({ at: now, event: 'lock.created', by: null, facts: { address, class: cls } })
      log.warn(`auth locked class=${cls} client=${address}`)
    },
  }
}

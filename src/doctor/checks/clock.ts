/** Whether the system clock is right: what expires, and who is locked until when, goes by it. */
import type { Check } from '../types.ts'

/** Clocks of one network differ by less; a file system may round. */
const TOLERATED_MS = 120_000
const FIX =
  'Set the clock, and let it be kept: timedatectl set-ntp true, or what your system has for it'

export const clockBehind: Check = {
  id: 'clock.behind',
  severity: 'critical',
  title: 'The system clock is behind what was written here already',
  why: 'Tokens and locks that have expired count again, certificates are not valid yet, and the record is not in order. It is judged by the newest entry of the record and the newest file in the state dir.',
  find({ clock: { newest }, now }) {
    if (newest === null || newest.at - now <= TOLERATED_MS) return []
    const detail = `it says ${iso(now)}, and ${newest.what} is of ${iso(newest.at)}`
    return [{ detail, fix: FIX }]
  },
}

export const clockNetwork: Check = {
  id: 'clock.differs',
  severity: 'warning',
  title: 'The system clock differs from that of a chat network',
  why: 'Asked with `--deep` alone, of the networks that are configured: one request each, without any credential, for the Date of the answer (RFC 9110, 6.6.1).',
  find: ({ clock }) =>
    clock.network
      .filter(({ theirs, ours }) => Math.abs(theirs - ours) > TOLERATED_MS)
      .map(({ host, theirs, ours }) => ({
        detail: `it says ${iso(ours)}, ${host} says ${iso(theirs)}`,
        fix: FIX,
      })),
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

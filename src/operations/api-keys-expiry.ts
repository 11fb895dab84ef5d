/** When a new key shall end, as people write it: `30d`, `12h`, `2026-12-31`, `never`. */
import * as z from 'zod'
import { Refusal } from './types.ts'

const ACCEPTED = 'write 30d, 12h, 2026-12-31, 2026-12-31T18:00:00Z or never'
const DURATION = /^(\d{1,6})(m|h|d|w)$/
const MINUTE_MS = 60_000
const UNIT_MS = new Map([
  ['m', MINUTE_MS],
  ['h', 60 * MINUTE_MS],
  ['d', 24 * 60 * MINUTE_MS],
  ['w', 7 * 24 * 60 * MINUTE_MS],
])
/** What an ISO date of four digits can say. */
const LATEST = Date.UTC(9999, 11, 31)
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/** Milliseconds since the epoch, `null` for never. A bare date is its first moment in UTC. Refuses what it cannot read and what has passed. */
export function parseExpiry(text: string, now: number): number | null {
  const written = text.trim()
  if (written === 'never') return null
  const at = durationEnd(written, now) ?? momentOf(written)
  if (at === null) throw refusal(`${JSON.stringify(text)} is no time: ${ACCEPTED}`)
  if (at > LATEST) throw refusal('is beyond the year 9999: write never')
  if (at <= now) throw refusal(`${new Date(at).toISOString()} has passed`)
  return at
}

function refusal(message: string): Refusal {
  return new Refusal('invalid_input', `expires: ${message}`)
}

function durationEnd(text: string, now: number): number | null {
  const [, count, unit = ''] = DURATION.exec(text) ?? []
  const unitMs = UNIT_MS.get(unit)
  return count === undefined || unitMs === undefined
    ? null
    : Math.min(now + Number(count) * unitMs, LATEST + 1)
}

function momentOf(text: string): number | null {
  return moment.safeParse(text).success ? Date.parse(text) : null
}

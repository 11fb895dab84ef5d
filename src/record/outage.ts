/** A time in which the record cannot be written: what is said of it, and when it is tried again. */
import { messageOf } from '../core/errors.ts'
import type { RecordEntry } from './entries.ts'

export interface Outage {
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Until the next attempt. */
  retryMs: number
}

const RETRY_MS = { first: 100, most: 5000 }

export function beginOutage(now: number): Outage {
  return { since: now, retryMs: RETRY_MS.first }
}

/** Milliseconds until the next attempt; each waits twice as long as the one before. */
export function nextAttempt(outage: Outage): number {
  const { retryMs } = outage
  outage.retryMs = Math.min(retryMs * 2, RETRY_MS.most)
  return retryMs
}

export function resumedNote(outage: Outage, at: number): RecordEntry {
  const facts = { unwritableSince: outage.since }
  return { kind: 'note', at, event: 'record.resumed', by: null, facts }
}

/** Entries that came while the disk took none, beyond what memory holds. */
export function lostNote(entries: number, at: number): RecordEntry {
  return { kind: 'note', at, event: 'record.lost', by: null, facts: { entries } }
}

/** What a start found wrong stands in the record itself. */
export function damageNote(finding: string, at: number): RecordEntry {
  return { kind: 'note', at, event: 'record.damaged', by: null, facts: { finding } }
}

export function outageMessage(dir: string, error: unknown): string {
  return `The record cannot be written to ${dir}: ${messageOf(error)}. Changes are refused until it can; free disk space, or check the folder's permissions.`
}

/** A change and its two entries: opened on disk before it begins, closed after, so that a crash leaves a visible open one (SPEC 10). */
import type { RequestEntry } from '../record/types.ts'
import type { Gateway } from './gateway.ts'
import type { Outcome } from './outcome.ts'

export interface RecordedChange {
  readonly requestId: string
  readonly entry: RequestEntry
  /** The owner's socket goes on without a record: whoever sits on the host must be able to repair it. */
  readonly withoutRecord: 'refused' | 'allowed'
  /** Never rejects. */
  readonly run: () => Promise<Outcome>
}

/** `null`: it was not begun, since the record cannot be written. */
export async function recordedChange(
  { requestId, entry, withoutRecord, run }: RecordedChange,
  gateway: Gateway,
): Promise<Outcome | null> {
  const opened = await gateway.record.open(entry).catch(() => null)
  if (opened === null && withoutRecord === 'refused') return null

  const outcome = await run()
  if (opened !== null) {
    const code = outcome.kind === 'refused' ? outcome.code : null
    const closed = gateway.record.close(opened, outcome.kind === 'served' ? 'done' : 'failed', code)
    await closed.catch(() => gateway.log.error(`the record could not close ${requestId}`))
  }
  return outcome
}

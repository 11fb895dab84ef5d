/** Whether the end of the record is the one that its head knows. */
import type { Check } from '../types.ts'

export const recordAgrees: Check = {
  id: 'record.broken',
  severity: 'critical',
  title: 'The record does not end where it was written to',
  why: 'The newest entries are followed back to the head, which is sealed (SPEC 10): what was cut off or changed there shows. `openclaw logs verify` reads all of it.',
  find: ({ record }) =>
    record.kind === 'agrees'
      ? []
      : [{ detail: record.what, fix: 'openclaw logs verify names file and line' }],
}

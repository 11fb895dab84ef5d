/** Whether the record is whole, and is written. */
import type { Probe } from './types.ts'

export const record: Probe = {
  id: 'deep.record',
  severity: 'critical',
  title: 'The record is not whole, or cannot be written',
  why: 'Who was let in, and why, is to be found there alone; a chain shows what was changed or cut off (SPEC 10). While it cannot be written, nothing can be changed (a warning).',
  judge: ({ record: found, status }) => [
    ...(found.kind === 'broken'
      ? [
          {
            detail: found.what,
            fix: 'openclaw logs verify says more; keep a copy of the folder records',
          },
        ]
      : []),
    ...(status?.recordWritable === false
      ? [
          {
            severity: 'warning' as const,
            detail: 'The gateway says that the record cannot be written',
            fix: 'Make room on the disk of the state dir; openclaw logs tells why',
          },
        ]
      : []),
  ],
  notTried: ({ record: found }) =>
    found.kind === 'unread'
      ? 'the record (too long for the time there is, or it cannot be read here: openclaw logs verify)'
      : null,
}

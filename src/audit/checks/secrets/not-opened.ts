/** Whether secrets that are there do not count. */
import type { Check } from '../../types.ts'
import { problemText } from '../../../config/problem.ts'

const CODES: ReadonlySet<string> = new Set(['secrets_unopened', 'login_unreadable'])

export const notOpened: Check = {
  id: 'secrets.not_opened',
  severity: 'warning',
  title: 'Secrets on disk cannot be read',
  why: 'A gateway does not start with them, and one that runs keeps those it read before (SPEC 8).',
  find: ({ warnings }) =>
    warnings
      .filter(({ code }) => CODES.has(code))
      .map((warning) => ({
        detail: problemText({ ...warning, fix: '' }).trim(),
        fix: warning.fix,
      })),
}

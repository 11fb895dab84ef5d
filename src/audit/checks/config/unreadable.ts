/** Whether the configuration cannot be read, so that nothing can be said of it. */
import { problemText } from '../../../config/problem.ts'
import type { Check } from '../../types.ts'

export const unreadableConfig: Check = {
  id: 'config.unreadable',
  severity: 'critical',
  title: 'The configuration cannot be read',
  why: 'The gateway does not start with it, and one that runs keeps its old settings (SPEC 1): whom those let in is not to be seen here. Files and permissions are judged all the same.',
  find: ({ unread }) =>
    unread.map((problem) => ({
      detail: problemText({ ...problem, fix: '' }).trim(),
      fix: problem.fix,
    })),
}

/** Whether settings do nothing that somebody may count on. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const withoutEffect: Check = {
  id: 'config.without_effect',
  severity: 'info',
  title: 'A setting has no effect',
  why: 'Whoever wrote it counts on it.',
  find: ({ rules }) => fromProblems(rules.warnings, ['unsupported', 'trusted_proxy_loopback_only']),
}

/** Whether a value of the configuration is not to be found from here. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const unresolved: Check = {
  id: 'config.unresolved',
  severity: 'warning',
  title: 'A variable or secret that the configuration names is not there',
  why: 'The gateway does not start without it (SPEC 1). It may be in the environment of the service alone: the audit then judges without that key.',
  find: ({ warnings }) => fromProblems(warnings, ['missing_variable', 'unresolved_secret']),
}

/** Why the gateway would not start as configured: one finding for each rule that is broken. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const doesNotStart: Check = {
  id: 'config.does_not_start',
  severity: 'warning',
  title: 'The gateway does not start with this configuration',
  why: 'Nobody gets in then, and one that runs keeps its old settings (SPEC 1, 2.2): what you see here is not what is in force.',
  find: ({ rules }) =>
    fromProblems(
      rules.problems,
      // None is meant to run here.
      rules.problems.map(({ code }) => code).filter((code) => code !== 'remote_mode'),
    ),
}

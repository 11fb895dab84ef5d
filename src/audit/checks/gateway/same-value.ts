/** Whether one value stands for two kinds of trust. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const sameValue: Check = {
  id: 'gateway.same_value',
  severity: 'critical',
  title: 'One secret serves two purposes',
  why: 'Whoever was given the lesser one, such as a chat network its webhook secret, holds the greater (SPEC 2.2). API keys are compared, too. The gateway does not start with it.',
  find: ({ rules }) => fromProblems(rules.problems, ['shared_value']),
}

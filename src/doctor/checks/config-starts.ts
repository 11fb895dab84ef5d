/** Whether the gateway would start with the configuration: the rules are asked that decide it at a start. */
import { problemText } from '../../config/problem.ts'
import type { Check } from '../types.ts'

export const configStarts: Check = {
  id: 'config.would_not_start',
  severity: 'critical',
  title: 'The gateway does not start with this configuration',
  why: 'The same rules are asked as at a start (SPEC 2.2): no secret on an open address, two secrets and no mode, one value for two purposes. A gateway that runs keeps the configuration it has until it is restarted.',
  find: ({ config }) =>
    config.kind === 'refused'
      ? []
      : config.problems.map((problem) => ({
          detail: problemText({ ...problem, fix: '' }).replace(/\. $/, ''),
          fix: problem.fix,
        })),
}

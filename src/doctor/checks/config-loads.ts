/** Whether the configuration can be read at all. */
import { problemText } from '../../config/problem.ts'
import type { Check } from '../types.ts'

export const configLoads: Check = {
  id: 'config.does_not_load',
  severity: 'critical',
  title: 'The configuration cannot be read',
  why: 'The gateway refuses to start rather than guess what was meant (SPEC 1). Each problem names file, line, key and what is accepted. Two configuration files at once are one of them: nothing is read then.',
  find: ({ config }) =>
    config.kind === 'loaded'
      ? []
      : config.problems.map((problem) => ({
          detail: problemText({ ...problem, fix: '' }).replace(/\. $/, ''),
          fix: problem.fix,
        })),
}

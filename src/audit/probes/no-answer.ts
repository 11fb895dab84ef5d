/** Whether anybody answered. */
import type { Probe } from './types.ts'

export const noAnswer: Probe = {
  id: 'deep.no_answer',
  severity: 'warning',
  title: 'A gateway runs, and does not answer',
  why: 'Where nobody answers, on the port or to the owner, nothing was tried: that is no good news.',
  judge: ({ info, status }, answers) => [
    ...(answers.some((one) => one.sent.over === 'port' && one.status !== 0)
      ? []
      : [{ detail: `Nobody answers on port ${info.port} (pid ${info.pid})`, fix: LOOK }]),
    ...(status === null
      ? [{ detail: `It does not answer at the owner’s socket (pid ${info.pid})`, fix: LOOK }]
      : []),
  ],
}

const LOOK = 'openclaw logs says what it does; else: openclaw gateway restart'

/** Which version runs. */
import type { Probe } from './types.ts'

export const version: Probe = {
  id: 'deep.version',
  severity: 'warning',
  title: 'The gateway that runs is another version than this program',
  why: 'After an update the old one goes on until it is restarted, with whatever the new one mends; and this audit judges by the rules of the new one.',
  judge: ({ status, version: own }) =>
    status === null || status.version === own
      ? []
      : [
          {
            detail: `The gateway is ${JSON.stringify(status.version)}, this program ${own}`,
            fix: 'openclaw gateway restart',
          },
        ],
}

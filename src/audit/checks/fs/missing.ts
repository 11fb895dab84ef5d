/** Whether there is a gateway to judge at all: a path that was mistyped would otherwise be found safe. */
import type { Check } from '../../types.ts'

export const stateDirMissing: Check = {
  id: 'fs.state_dir.missing',
  severity: 'info',
  title: 'There is no state dir',
  why: 'Before a first start nothing is there, and what is judged is what that start would make. Somewhere else there may be a gateway that this says nothing of.',
  find: ({ files, stateDir }) =>
    files.some(({ role }) => role === 'state-dir')
      ? []
      : [
          {
            detail: `${stateDir} is not there`,
            fix: 'openclaw gateway makes it; where yours is elsewhere, set OPENCLAW_STATE_DIR',
          },
        ],
}

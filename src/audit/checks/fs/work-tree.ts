/** Whether a commit could take the secrets with it. */
import type { Check } from '../../types.ts'

export const workTree: Check = {
  id: 'fs.state_dir.in_work_tree',
  severity: 'warning',
  title: 'The state dir is inside a git work tree',
  why: 'One `git add` commits the token, and a push publishes it (S1). Whether the repository ignores it is not looked at.',
  find: ({ stateDir, place: { workTree: tree } }) =>
    tree === null
      ? []
      : [
          {
            detail: `${stateDir} is inside ${tree}`,
            fix: 'Move it out, and say where it is with OPENCLAW_STATE_DIR; or ignore it in git, and accept this check with that reason',
          },
        ],
}

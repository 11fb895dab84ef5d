/** Whether something copies the state dir to other machines. */
import type { Check } from '../../types.ts'

export const syncedFolder: Check = {
  id: 'fs.state_dir.synced',
  severity: 'warning',
  title: 'The state dir is copied to other machines',
  why: 'Secrets and conversations are then wherever the copies are, and a copy that comes back may undo a revocation (SPEC 9).',
  find: ({ stateDir, place: { syncedBy } }) =>
    syncedBy === null
      ? []
      : [
          {
            detail: `${stateDir} is kept the same by ${syncedBy}`,
            fix: 'Move it out, and say where it is with OPENCLAW_STATE_DIR',
          },
        ],
}

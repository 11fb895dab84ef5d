/** Files that nobody needs any more. */
import { counted } from '../../core/counted.ts'
import { shellWord } from '../../core/shell-word.ts'
import type { Check } from '../types.ts'

const TEMPORARY_MS = 600_000
const BACKUP_MS = 30 * 86_400_000

export const leftovers: Check = {
  id: 'files.leftover',
  severity: 'info',
  title: 'Files that nobody needs any more',
  why: 'A writer that was killed leaves a `.tmp` file; it can hold what the file held, secrets too, and `--fix` deletes it once it is ten minutes old. A backup older than 30 days may hold a secret that was meant to be gone: it is yours to delete.',
  find: ({ leftovers: found }) =>
    found.flatMap(({ path, kind, ageMs }) => {
      const days = Math.floor(ageMs / 86_400_000)
      if (kind === 'backup')
        return ageMs < BACKUP_MS
          ? []
          : [
              {
                detail: `${path} is a backup of ${counted(days, 'day')} ago`,
                fix: `rm ${shellWord(path)}`,
              },
            ]
      if (ageMs < TEMPORARY_MS) return []
      return [
        {
          detail: `${path} was left by a writer that was killed`,
          fix: 'openclaw doctor --fix deletes it',
          repairs: [{ kind: 'delete', path } as const],
        },
      ]
    }),
}

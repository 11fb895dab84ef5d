/** Whether others can put a file of theirs in the place of the configuration, the API keys or the identity, where these lie outside the state dir. */
import { shellWord } from '../../../core/shell-word.ts'
import type { Check, FileFact } from '../../types.ts'
import { GROUP_WRITE, has, judged, octal, WORLD_WRITE } from './bits.ts'

/** In such a folder everybody may make files, and move away only their own (`chmod(1)`, the sticky bit). */
const STICKY = 0o1000

export const outsideFolder: Check = {
  id: 'fs.outside_dir.writable_by_others',
  severity: 'critical',
  title: 'Others can replace a file that decides who gets in',
  why: 'The permissions of a file say nothing where its folder lets others move it away: they put another in its place, or an old one of your own with a token that was revoked (SPEC 1).',
  find: ({ files }) =>
    files
      .filter((file) => file.role === 'outside-folder' && isOpen(file))
      .map((file) => {
        const { path, mode } = judged(file)
        return {
          detail: `${path} has mode ${octal(mode)}`,
          fix: `chmod go-w ${shellWord(path)}, or move what the gateway reads there into its state dir`,
        }
      }),
}

function isOpen(file: FileFact): boolean {
  const { kind, mode, privateGroup } = judged(file)
  const others = has({ mode }, WORLD_WRITE) || (has({ mode }, GROUP_WRITE) && !privateGroup)
  return kind === 'folder' && others && !has({ mode }, STICKY)
}

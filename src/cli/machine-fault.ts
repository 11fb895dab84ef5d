/** What the machine refuses a command: files of another user, a full disk. That is no fault of ours, and said with what to do. */
import { codeOf } from '../core/errors.ts'

const WHAT: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission to use',
  EPERM: 'there is no permission to use',
  EROFS: 'the file system is read-only at',
  ENOSPC: 'the disk is full at',
  EDQUOT: 'the disk quota is used up at',
  ENOTDIR: 'a part of the path is no folder:',
  EISDIR: 'a folder is in the place of the file',
  ELOOP: 'links lead in a circle at',
  EIO: 'the disk cannot read or write',
  EMFILE: 'too many files are open to use',
  ENFILE: 'too many files are open to use',
}

const OTHERS = 'run this as the user whose gateway it is, or see who owns it'
const PLACE = 'see what is there, and whether OPENCLAW_STATE_DIR is right'
const LIMIT = 'end what holds them, or raise the limit: `ulimit -n`'
const NEXT: Readonly<Record<string, string>> = {
  EACCES: OTHERS,
  EPERM: OTHERS,
  ENOTDIR: PLACE,
  EISDIR: PLACE,
  ELOOP: PLACE,
  EMFILE: LIMIT,
  ENFILE: LIMIT,
}

/** `null`: it is none of these. */
export function machineFault(error: unknown): string | null {
  const code = codeOf(error)
  const what = WHAT[code]
  const path = error instanceof Error && 'path' in error ? error.path : null
  if (what === undefined || typeof path !== 'string') return null
  return `${what} ${path} (${code}): ${NEXT[code] ?? 'free space or mend the disk, and try again'}`
}

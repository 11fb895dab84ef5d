/** What the operating system refused: no fault of ours, and none that the words `our fault` would help with. */
import { codeOf } from '../core/errors.ts'

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no permission for it: look at who owns it, and its mode',
  EPERM: 'no permission for it: look at who owns it, and its mode',
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder, and should be a file: move it away',
  ENOTDIR: 'something above it is a file, and should be a folder',
  ELOOP: 'its symbolic links lead round in a circle',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'no space is left for it',
  EDQUOT: 'no space is left for it',
  EIO: 'the disk cannot read or write it',
  EMFILE: 'too many files are open: raise `ulimit -n`',
  ENFILE: 'too many files are open on this machine',
}

/** One sentence with the path, for an error of a file that nobody caught nearer to it; `null` for every other error. */
export function fileFault(error: unknown): string | null {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return null
  const words = WORDS[codeOf(error)]
  if (words === undefined) return null
  return `${error.path}: ${words} (${codeOf(error)}). \`openclaw doctor\` looks at all files of the gateway`
}

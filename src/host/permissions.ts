/** Reads files that decide who gets in, and refuses those that somebody else could have written (SPEC 1). */
import { constants, readFileSync, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { codeOf } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'

export type PrivateFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | Fault

export type PrivateBytes =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | Exclude<PrivateFile, { kind: 'text' }>

export interface Fault {
  readonly kind: 'refused'
  readonly why: string
  readonly fix: string
}

/** Larger than any configuration, smaller than what hurts. */
export const MOST_BYTES = 4 * 1024 * 1024

/** Symbolic links are followed (Kubernetes mounts them); what is judged is the very file that is read. */
export function readPrivateFile(path: string): Promise<PrivateFile> {
  return readJudged(path, faultOf)
}

/** The same for what nobody else may know either: keys and tokens that are written here and nowhere else. */
export function readSecretFile(path: string): Promise<PrivateFile> {
  return readJudged(path, (path, stats) => faultOf(path, stats) ?? readerFault(path, stats))
}

/** Whoever could have written it: to judge it, never to go by it. A pipe, a device or a huge file is refused all the same. */
export function readAnyFile(path: string): Promise<PrivateFile> {
  return readJudged(path, kindFault)
}

/** The same as {@link readPrivateFile} for what is no text. */
export function readPrivateBytes(path: string): Promise<PrivateBytes> {
  return bytesJudged(path, faultOf)
}

async function readJudged(path: string, judge: typeof faultOf): Promise<PrivateFile> {
  const read = await bytesJudged(path, judge)
  if (read.kind !== 'bytes') return read
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes) }
  } catch {
    return refused('is not UTF-8 text', `Save ${path} as UTF-8`)
  }
}

async function bytesJudged(path: string, judge: typeof faultOf): Promise<PrivateBytes> {
  const opened = await openFile(path)
  if (opened.kind !== 'opened') return opened
  try {
    const fault = judge(path, await opened.handle.stat())
    return fault ?? { kind: 'bytes', bytes: await opened.handle.readFile() }
  } catch (error) {
    return unreadable(path, error)
  } finally {
    await opened.handle.close()
  }
}

type Opened =
  | { readonly kind: 'opened'; readonly handle: FileHandle }
  | Exclude<PrivateFile, { kind: 'text' }>

async function openFile(path: string): Promise<Opened> {
  try {
    // A pipe in place of the file would otherwise block for ever.
    return { kind: 'opened', handle: await open(path, constants.O_RDONLY | constants.O_NONBLOCK) }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? { kind: 'absent' } : unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): Fault {
  const code = codeOf(error)
  const fix =
    code === 'EACCES'
      ? 'Run this as the user whose gateway it is, or let this user read the file'
      : `Make ${path} a file that this user can read`
  return refused(`cannot be read (${code})`, fix)
}

function refused(why: string, fix: string): Fault {
  return { kind: 'refused', why, fix }
}

function faultOf(path: string, stats: Stats): Fault | null {
  return kindFault(path, stats) ?? writerFault(path, stats, '600')
}

function kindFault(path: string, stats: Stats): Fault | null {
  if (!stats.isFile()) return refused('is not a file', `Put a file at ${path}`)
  return stats.size > MOST_BYTES
    ? refused('is larger than 4 MiB', `Put the right file at ${path}`)
    : null
}

function readerFault(path: string, { mode }: Stats): Fault | null {
  if (process.geteuid === undefined || (mode & 0o004) === 0) return null
  return refused(
    'can be read by everyone',
    `chmod 600 ${shellWord(path)}, unless somebody did read it`,
  )
}

/** A folder in which somebody else could put other files in place of ours; `null` when nobody can, or it is not there. */
export async function folderFault(path: string): Promise<Fault | null> {
  try {
    const stats = await stat(path)
    return stats.isDirectory()
      ? writerFault(path, stats, '700')
      : refused('is not a folder', `Make ${path} a folder`)
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : unreadable(path, error)
  }
}

/** `mode`: which would be right. */
function writerFault(path: string, stats: Stats, mode: string): Fault | null {
  const own = process.geteuid?.()
  if (own === undefined) return null
  if (stats.uid !== own && stats.uid !== 0) {
    return refused(
      `belongs to another user (uid ${stats.uid})`,
      `Run this as that user, or: chown ${own} ${shellWord(path)}`,
    )
  }
  if ((stats.mode & 0o002) !== 0)
    return refused('can be written by everyone', `chmod ${mode} ${shellWord(path)}`)
  if ((stats.mode & 0o020) !== 0 && !isPrivateGroup(stats)) {
    return refused(`can be written by group ${stats.gid}`, `chmod ${mode} ${shellWord(path)}`)
  }
  return null
}

/** A group is its owner's private one when nobody else is in it; where that cannot be read, it is not. */
export function isPrivateGroup(owner: { readonly uid: number; readonly gid: number }): boolean {
  try {
    const groups = readFileSync('/etc/group', 'utf8')
    return onlyOwnerIn(owner, { groups, users: readFileSync('/etc/passwd', 'utf8') })
  } catch {
    return false
  }
}

/** `groups` and `users` as in /etc/group and /etc/passwd. */
export function onlyOwnerIn(
  { uid, gid }: { readonly uid: number; readonly gid: number },
  { groups, users }: { readonly groups: string; readonly users: string },
): boolean {
  const group = rows(groups).find(([, , id]) => id === String(gid))
  const accounts = rows(users).map(([name = '', , user, primary]) => ({ name, user, primary }))
  if (group === undefined) return false
  const owners = new Set(
    accounts.filter(({ user }) => user === String(uid)).map(({ name }) => name),
  )
  const members = (group[3] ?? '').split(',').filter((name) => name !== '')
  const byDefault = accounts
    .filter(({ primary }) => primary === String(gid))
    .map(({ name }) => name)
  return (
    owners.size > 0 &&
    byDefault.length > 0 &&
    [...members, ...byDefault].every((name) => owners.has(name))
  )
}

function rows(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.trim().split(':'))
}

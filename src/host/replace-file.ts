/** Replaces a file whole: after a crash or on a full disk it is the old one or the new one, never half of either. */
import { randomBytes } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { giveBack } from './become-owner.ts'
import { inheritedOwner } from './inherited-owner.ts'

export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'failed'; readonly why: string }

/** What a killed writer leaves behind is removed once it is this old. */
const LEFTOVER_MS = 600_000

/** Mode 0600, and its owner is who it was. A symbolic link of ours keeps pointing where it points; its target is replaced. */
export async function replaceFile(path: string, content: string | Buffer): Promise<Written> {
  const target = await placeOf(path)
  const folder = dirname(target)
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeNewFile(temporary, content, target)
    await rename(temporary, target)
    await syncFolder(folder)
    await removeLeftovers(folder, basename(target)).catch(() => undefined)
    return { kind: 'written' }
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    return { kind: 'failed', why: writeFault(path, error) }
  }
}

/** Puts one file in the place of another, which a full disk takes as well. Where that is a symbolic link of ours, its target is replaced. */
export async function moveFile(from: string, to: string): Promise<Written> {
  try {
    const target = await placeOf(to)
    await rename(from, target)
    await syncFolder(dirname(target))
    return { kind: 'written' }
  } catch (error) {
    return { kind: 'failed', why: writeFault(to, error) }
  }
}

/** Where a link leads that another user made is for them to say, and may be any file of ours: it is the link that gives way. */
async function placeOf(path: string): Promise<string> {
  const own = process.geteuid?.()
  const entry = await lstat(path).catch(() => null)
  const ours = own === undefined || entry === null || [own, 0].includes(entry.uid)
  return ours || !entry.isSymbolicLink() ? realpath(path).catch(() => path) : path
}

/** Makes a file, mode 0600, whole or not at all. Where one is, it stays: of several makers at once the first one's is everybody's. */
export async function makeFile(path: string, content: string): Promise<Written> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeNewFile(temporary, content)
    // A link fails where the file already exists.
    await link(temporary, path)
    await syncFolder(dirname(path))
    return { kind: 'written' }
  } catch (error) {
    return codeOf(error) === 'EEXIST'
      ? { kind: 'written' }
      : { kind: 'failed', why: writeFault(path, error) }
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

/** Gone for good when it resolves: also after a crash. Where none is, that is done. */
export async function removeFile(path: string): Promise<Written> {
  try {
    await unlink(path)
    await syncFolder(dirname(path))
    return { kind: 'written' }
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? { kind: 'written' }
      : { kind: 'failed', why: writeFault(path, error) }
  }
}

/**
 * Mode 0600 and on the disk when it resolves; rejects with the system's error, also when it is there already. Made by
 * root, it belongs to whoever has the file `inPlaceOf`, or the folder.
 */
export async function writeNewFile(
  path: string,
  content: string | Buffer,
  inPlaceOf = path,
): Promise<void> {
  const owner = inheritedOwner(inPlaceOf)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.chmod(0o600)
    if (owner !== null) await file.chown(owner.uid, owner.gid)
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename, or a new file, is durable once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function removeLeftovers(folder: string, name: string): Promise<void> {
  const names = await readdir(folder)
  const leftovers = names.filter(
    (entry) => entry.startsWith(`.${name}.`) && /\.[0-9a-f]{12}\.tmp$/.test(entry),
  )
  for (const leftover of leftovers) {
    const path = join(folder, leftover)
    const found = await stat(path).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > LEFTOVER_MS)
      await unlink(path).catch(() => undefined)
  }
}

/** In words, with the path and what to do. */
export function writeFault(path: string, error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `no space left to write ${path} (${code}): free some; nothing was changed`
  if (code === 'EROFS')
    return `${path} is on a read-only file system (${code}); nothing was changed`
  if (code === 'EACCES' || code === 'EPERM')
    return `no permission to write ${path} (${code}); nothing was changed`
  return `${path} cannot be written (${code}); nothing was changed`
}

/** Makes the folder and those above it, mode 0700, where they are missing; made by root, they belong to whoever has the one above. */
export async function makePrivateFolder(path: string): Promise<Written> {
  try {
    const owner = inheritedOwner(path)
    const made = await makeFolders(path)
    const [first] = made
    if (owner !== null && first !== undefined) giveBack(made, { stateDir: dirname(first), owner })
    return { kind: 'written' }
  } catch (error) {
    return { kind: 'failed', why: writeFault(path, error) }
  }
}

/** Answers those that it made, the highest first. One by one: Node's `recursive` never ends below `/proc`. */
async function makeFolders(path: string): Promise<readonly string[]> {
  const first = await makeFolder(path)
  if (typeof first === 'boolean') return first ? [path] : []
  if (dirname(path) === path) throw first
  const above = await makeFolders(dirname(path))
  const second = await makeFolder(path)
  if (typeof second !== 'boolean') throw second
  return second ? [...above, path] : above
}

/** `false`: it is there already. An error: the one above it is missing. */
async function makeFolder(path: string): Promise<boolean | Error> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false
    if (error instanceof Error && codeOf(error) === 'ENOENT') return error
    throw error
  }
}

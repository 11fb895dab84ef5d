/** Where everything goes that cannot be used: `recovered/<time>/` in the state dir. Nothing is ever deleted. */
import { chmod, cp, lstat, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { syncFolder, writeNewFile } from '../host/replace-file.ts'

export const ASIDE_FOLDER = 'recovered'

export class Aside {
  readonly #stateDir: string
  readonly #folder: string
  #used: string[] = []
  readonly #copied = new Set<string>()

  /** `now`: milliseconds since the epoch. Nothing is made until something is moved. */
  constructor(stateDir: string, now: number) {
    this.#stateDir = stateDir
    this.#folder = join(stateDir, ASIDE_FOLDER, stampOf(now))
  }

  /** The file, folder or link itself; never what a link leads to. */
  async move(path: string): Promise<void> {
    const target = await this.#room(path)
    await openFolder(path)
    await moved(path, target)
    await syncFolder(dirname(target))
    await syncFolder(dirname(path))
    this.#used.push(target)
  }

  /** The file stays where it is. Once a run is enough: the first copy is what the owner had. */
  async copy(path: string): Promise<void> {
    if (this.#copied.has(path) || (await absent(path))) return
    const target = await this.#room(path)
    await cp(path, target, { dereference: true, errorOnExist: true, force: false })
    await chmod(target, 0o600)
    await syncFolder(dirname(target))
    this.#copied.add(path)
    this.#used.push(target)
  }

  /** What was taken out of a file or table that stays. */
  async write(name: string, text: string): Promise<void> {
    const target = await this.#room(join(this.#stateDir, name))
    await writeNewFile(target, text)
    await syncFolder(dirname(target))
    this.#used.push(target)
  }

  /** What has been put aside since the last call, relative to the state dir. */
  take(): readonly string[] {
    const paths = this.#used.map((path) => relative(this.#stateDir, path))
    this.#used = []
    return paths
  }

  /** A free name with the folders above it. */
  async #room(path: string): Promise<string> {
    await asideFolder(this.#stateDir)
    const inside = relative(this.#stateDir, path)
    const outside = inside.startsWith('..') || isAbsolute(inside)
    const wanted = join(this.#folder, outside ? join('outside', basename(path)) : inside)
    await mkdir(dirname(wanted), { recursive: true, mode: 0o700 })
    return freeName(wanted, 1)
  }
}

/** Made where it is missing; something else in its place makes way. Resolves to its path. */
export async function asideFolder(stateDir: string): Promise<string> {
  const path = join(stateDir, ASIDE_FOLDER)
  const found = await lstat(path).catch(absentAsNull)
  const ours = found?.isDirectory() === true && found.uid === (process.geteuid?.() ?? found.uid)
  if (found !== null && !ours) await rename(path, await freeName(`${path}-was-not-ours`, 1))
  // Not recursive: a state dir that is not there must not come to be by the way.
  if (!ours) await mkdir(path, { mode: 0o700 })
  await chmod(path, 0o700)
  await syncFolder(stateDir)
  return path
}

/** `2026-11-20T22-01-07Z`: a name that every file system takes. */
export function stampOf(now: number): string {
  return new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
}

export async function freeName(wanted: string, attempt: number): Promise<string> {
  const name = attempt === 1 ? wanted : `${wanted}.${attempt}`
  return (await absent(name)) ? name : freeName(wanted, attempt + 1)
}

async function absent(path: string): Promise<boolean> {
  return (await lstat(path).catch(absentAsNull)) === null
}

function absentAsNull(error: unknown): null {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
  throw error
}

/** A folder that its owner may not write cannot be moved: its `..` changes. */
async function openFolder(path: string): Promise<void> {
  const found = await lstat(path)
  const own = found.uid === (process.geteuid?.() ?? found.uid)
  if (found.isDirectory() && own) await chmod(path, 0o700)
}

async function moved(path: string, target: string): Promise<void> {
  try {
    await rename(path, target)
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error
    // Another file system: whole on this side before it goes on the other.
    await cp(path, target, { recursive: true, errorOnExist: true, force: false })
    await rm(path, { recursive: true })
  }
}

/** What the files of a repair were like before it, in memory alone: to put them back. */
import { lstat, readFile, realpath } from 'node:fs/promises'
import type { Finding, Repair } from '../audit/types.ts'
import { messageOf } from '../core/errors.ts'
import { changeMode } from '../host/change-mode.ts'
import { replaceFile } from '../host/replace-file.ts'

interface Kept {
  readonly path: string
  readonly mode: number
  /** `null`: only its mode is touched. */
  readonly text: Buffer | null
}

export interface KeptFiles {
  /** `null` when everything is as it was; else in words what is not. */
  putBack(): Promise<string | null>
}

export async function keepFiles(
  findings: readonly Finding[],
  configFile: string,
): Promise<KeptFiles> {
  const repairs = findings.flatMap((finding) => finding.repairs)
  const kept = await Promise.all(repairs.map((repair) => keep(repair, configFile)))
  return { putBack: () => putBack(kept.filter((file) => file !== null)) }
}

async function keep(repair: Repair, configFile: string): Promise<Kept | null> {
  const named = repair.kind === 'set' ? configFile : repair.path
  // What is written goes through a link, permissions do not.
  const path = repair.kind === 'chmod' ? named : await realpath(named).catch(() => named)
  const stats = await lstat(path).catch(() => null)
  if (stats === null) return null
  const text = repair.kind === 'chmod' ? null : await readFile(path)
  return { path, mode: stats.mode & 0o7777, text }
}

/** Texts first: a file that is written anew gets a mode of its own. */
async function putBack(kept: readonly Kept[]): Promise<string | null> {
  try {
    for (const { path, text } of kept) {
      const written = text === null ? null : await replaceFile(path, text)
      if (written?.kind === 'failed') return `it could not be taken back: ${written.why}`
    }
    for (const { path, mode } of kept) await changeMode(path, () => mode)
    return null
  } catch (error) {
    return `it could not be taken back: ${messageOf(error)}`
  }
}

/** Permission bits as people speak of them (POSIX `st_mode`). */
import { shellWord } from '../../../core/shell-word.ts'
import { namedByOthers } from '../../distrust.ts'
import type { AuditFacts, FileFact, LinkTarget, Repair } from '../../types.ts'

export const WORLD_WRITE = 0o002
export const WORLD_READ = 0o004
export const GROUP_WRITE = 0o020
export const GROUP_READ = 0o040
const PRIVATE = { file: 0o600, folder: 0o700 } as const

export function has({ mode }: Pick<FileFact, 'mode'>, bits: number): boolean {
  return (mode & bits) !== 0
}

/** What a link leads to is what is read; one that leads nowhere is judged as it is. */
export function judged(file: FileFact): LinkTarget {
  return file.target ?? file
}

/** `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

/** Takes away what others and the group may do; a file that is executable for its owner is left so. */
export function privateMode({ kind, mode }: LinkTarget): number {
  return kind === 'folder' ? PRIVATE.folder : PRIVATE.file | (mode & 0o100)
}

export function chmodCommand(file: FileFact): string {
  const { path } = judged(file)
  return `chmod ${octal(privateMode(judged(file))).slice(1)} ${shellWord(path)}`
}

/**
 * Links are left alone: what they point at is somebody's decision. So is what somebody else may have written or named:
 * with narrow permissions it would be taken for the owner's own.
 */
export function chmodRepair(
  file: FileFact,
  facts: Pick<AuditFacts, 'distrusted' | 'stateDir' | 'configFile'>,
): readonly Repair[] {
  if (file.kind !== 'file' && file.kind !== 'folder') return []
  // Named by the settings, and found to be no file: whatever it is, it is nothing of ours.
  if (file.kind === 'folder' && (file.role === 'identity' || file.role === 'api-keys')) return []
  if (mayNameProgram(file, facts) || namedByOthers(file.path, facts)) return []
  return [{ kind: 'chmod', path: file.path, mode: privateMode(file) }]
}

/** Others could have written it, and a program is named there that runs as soon as it is read as one's own. */
export function mayNameProgram(
  { path }: FileFact,
  { distrusted }: Pick<AuditFacts, 'distrusted'>,
): boolean {
  return distrusted.program && distrusted.files.includes(path)
}

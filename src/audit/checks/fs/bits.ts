/** Permission bits as people speak of them (POSIX `st_mode`). */
import type { FileFact, LinkTarget, Repair } from '../../types.ts'

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
  return `chmod ${octal(privateMode(judged(file))).slice(1)} ${path}`
}

/** Links are left alone: what they point at is somebody's decision. */
export function chmodRepair(file: FileFact): readonly Repair[] {
  if (file.kind !== 'file' && file.kind !== 'folder') return []
  return [{ kind: 'chmod', path: file.path, mode: privateMode(file) }]
}

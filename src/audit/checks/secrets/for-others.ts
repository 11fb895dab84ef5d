/** Whether anybody but its owner can read or change a file (S1: 0600, folders 0700). */
import type { FileFact } from '../../types.ts'
import { has } from '../fs/bits.ts'

const OTHERS = 0o077

export function forOthers(file: FileFact): boolean {
  return (file.kind === 'file' || file.kind === 'folder') && has(file, OTHERS)
}

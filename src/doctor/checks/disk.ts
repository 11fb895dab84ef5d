/** Whether there is room: with a full disk changes are refused, because the record of them cannot be written. */
import { counted } from '../../core/counted.ts'
import type { Check } from '../types.ts'

const MIB = 1024 * 1024
const LITTLE_BYTES = 200 * MIB
const NO_BYTES = 16 * MIB
const LITTLE_FILES = 1000

export const diskSpace: Check = {
  id: 'host.disk_space',
  severity: 'critical',
  title: 'The disk of the state dir is nearly full',
  why: 'A change that the record cannot hold is refused (SPEC 10), and the store cannot grow. File entries (inodes) run out on their own where a folder has very many small files.',
  find({ disk, stateDir }) {
    if (disk === null) return []
    const fix = 'Free some space; record.maxBytes bounds the record'
    const { freeBytes, freeFiles } = disk
    const space = {
      severity: freeBytes < NO_BYTES ? ('critical' as const) : ('warning' as const),
      detail: `${Math.floor(freeBytes / MIB)} MiB are free under ${stateDir}`,
      fix,
    }
    const files = {
      severity: 'warning' as const,
      detail: `${counted(freeFiles ?? 0, 'more file')} can be made under ${stateDir}`,
      fix: 'Delete what is not needed on that file system: df -i shows how full it is',
    }
    return [
      ...(freeBytes < LITTLE_BYTES ? [space] : []),
      ...(freeFiles !== null && freeFiles < LITTLE_FILES ? [files] : []),
    ]
  },
}

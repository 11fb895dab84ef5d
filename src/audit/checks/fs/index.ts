/** Checks of files that decide who gets in (SPEC 9, `fs.*`). */
import type { Check } from '../../types.ts'
import { foreignOwner } from './owner.ts'
import { stateDirMissing } from './missing.ts'
import { outsideFolder } from './outside-folder.ts'
import { PERMISSIONS } from './permissions.ts'
import { symlinksOut } from './symlinks.ts'
import { syncedFolder } from './synced.ts'
import { workTree } from './work-tree.ts'

export const FS: readonly Check[] = [
  stateDirMissing,
  ...PERMISSIONS,
  outsideFolder,
  foreignOwner,
  symlinksOut,
  syncedFolder,
  workTree,
]

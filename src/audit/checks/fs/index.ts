/** Checks of files that decide who gets in (SPEC 9, `fs.*`). */
import type { Check } from '../../types.ts'
import { foreignOwner } from './owner.ts'
import { PERMISSIONS } from './permissions.ts'
import { symlinksOut } from './symlinks.ts'
import { syncedFolder } from './synced.ts'
import { workTree } from './work-tree.ts'

export const FS: readonly Check[] = [
  ...PERMISSIONS,
  foreignOwner,
  symlinksOut,
  syncedFolder,
  workTree,
]

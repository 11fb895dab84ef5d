/** Where the state dir is: whether something copies it to other machines, or a commit would. */
import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { PlaceFact } from '../audit/types.ts'

/** Names of folders that a program keeps the same on several machines. */
const FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^dropbox\b/i, 'Dropbox'],
  [/^onedrive\b/i, 'OneDrive'],
  [/^(?:icloud ?drive|mobile documents|com~apple~clouddocs)$/i, 'iCloud'],
  [/^(?:google ?drive|my drive)\b/i, 'Google Drive'],
  [/^(?:nextcloud|owncloud)$/i, 'Nextcloud'],
  [/^cloudstorage$/i, 'a cloud drive'],
]

/** What such programs put into the topmost folder of theirs. */
const MARKERS: readonly (readonly [string, string])[] = [
  ['.stfolder', 'Syncthing'],
  ['.dropbox', 'Dropbox'],
  ['.dropbox.cache', 'Dropbox'],
  ['.sync_journal.db', 'Nextcloud'],
]

export async function auditPlace(stateDir: string): Promise<PlaceFact> {
  const path = await realpath(stateDir).catch(() => stateDir)
  const folders = upwards(path)
  return {
    path,
    syncedBy: folders.map(syncedBy).find((name) => name !== null) ?? null,
    workTree: folders.find((folder) => existsSync(join(folder, '.git'))) ?? null,
  }
}

function upwards(folder: string): readonly string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upwards(above)]
}

function syncedBy(folder: string): string | null {
  const name = basename(folder)
  const known = FOLDERS.find(([pattern]) => pattern.test(name))
  const marked = MARKERS.find(([marker]) => existsSync(join(folder, marker)))
  return known?.[1] ?? marked?.[1] ?? null
}

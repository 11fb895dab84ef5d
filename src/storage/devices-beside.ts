/** Paired devices, read beside a gateway that runs or without one: nothing is migrated, locked or made. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PairedDevice } from '../pairing/types.ts'
import { readDevice } from './device-documents.ts'

/** `[]` where there is no store, or none that can be read: `openclaw recover` says more about that. */
export function devicesBeside(stateDir: string): readonly PairedDevice[] {
  const path = join(stateDir, 'store.sqlite')
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return []
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      const rows = database.prepare('select document from devices').all()
      return rows.flatMap(({ document }) => readDevice(String(document)) ?? [])
    } finally {
      database.close()
    }
  } catch {
    return []
  }
}

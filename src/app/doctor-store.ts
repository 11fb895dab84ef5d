/** Whether the store opens and is whole, and whether the record ends as its head says: both read-only. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../core/errors.ts'
import type { RecordFact, StoreFact } from '../doctor/types.ts'
import { recordFiles } from '../record/files.ts'
import { headIsGenuine } from '../record/head.ts'
import { readTail } from '../record/tail.ts'
import { explainStoreError } from '../storage/store-problem.ts'
import { loadHead, loadKey } from './command-record.ts'

/** A second's reading on a slow disk. */
const READ_THROUGH_BYTES = 128 * 1024 * 1024

export function storeFact(stateDir: string, deep: boolean): StoreFact {
  const path = join(stateDir, 'store.sqlite')
  if (!existsSync(path)) return { kind: 'absent' }
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return { kind: 'bad', path, what: 'is no file' }
    const bytes = stats.size
    const store = new DatabaseSync(path, { readOnly: true, timeout: 200 })
    try {
      const readThrough = deep || bytes <= READ_THROUGH_BYTES
      const query = readThrough ? 'PRAGMA quick_check(1)' : 'SELECT count(*) FROM sqlite_schema'
      const [answer] = Object.values(store.prepare(query).get() ?? {})
      if (!readThrough) return { kind: 'opens', bytes }
      return answer === 'ok' ? { kind: 'whole' } : { kind: 'bad', path, what: String(answer) }
    } finally {
      store.close()
    }
  } catch (error) {
    const explained = explainStoreError(path, error)
    return { kind: 'bad', path, what: messageOf(explained).replace(`${path} `, '') }
  }
}

/** As far back as the head; `logs verify` reads all of it. */
export async function recordFact(stateDir: string): Promise<RecordFact> {
  try {
    const head = loadHead(stateDir)
    const files = await recordFiles(join(stateDir, 'records'))
    if (head === null)
      return files.length === 0 ? { kind: 'agrees' } : broken('the head is missing')
    const key = await loadKey(stateDir)
    if (key === null) return broken('the key that seals the head is missing')
    if (!headIsGenuine(key, head)) return broken('the head was changed, or sealed with another key')
    const { trouble } = await readTail(files, head)
    return trouble === null ? { kind: 'agrees' } : broken(trouble)
  } catch (error) {
    return broken(`it cannot be read: ${messageOf(error)}`)
  }
}

function broken(what: string): RecordFact {
  return { kind: 'broken', what }
}

/** The record's files, as the command line reads them while a gateway runs and while none does. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { RecordFiles, RecordLine } from '../cli/parts.ts'
import { gatewayLog, merged } from './command-log.ts'
import { explain } from '../record/explain.ts'
import { followRecord } from '../record/follow.ts'
import { readPrivateFile } from '../host/permissions.ts'
import { recordKey } from '../record/head-key.ts'
import type { Head } from '../record/head.ts'
import { findRequest, listRecord } from '../record/read.ts'
import { verifyRecord } from '../record/verify.ts'

export function recordFilesOf(stateDir: string): RecordFiles {
  const dir = join(stateDir, 'records')
  const log = gatewayLog(join(stateDir, 'logs/gateway.log'))
  return {
    async list(query) {
      const [decisions, messages] = await Promise.all([listRecord(dir, query), log.list(query)])
      return [...decisions, ...messages].sort((a, b) => a.entry.at - b.entry.at).slice(-query.limit)
    },
    follow: (query) => merged<RecordLine>([followRecord(dir, query), log.follow(query)]),
    async find(requestId) {
      const found = await findRequest(dir, requestId)
      return found === null
        ? null
        : { text: explain(found), value: { entry: found, text: explain(found) } }
    },
    verify: async () => {
      if (!existsSync(dir) && loadHead(stateDir) === null)
        return { kind: 'intact', entries: 0, from: 0, to: 0 }
      return verifyRecord({ dir, loadHead: () => loadHead(stateDir), key: await loadKey(stateDir) })
    },
  }
}

const headShape = z.object({
  sequence: z.number(),
  hash: z.string(),
  firstSequence: z.number(),
  firstPrevious: z.string(),
  hmac: z.string(),
})

/** As the running gateway saved it last: the store is read beside it. `null` when none was ever saved. */
export function loadHead(stateDir: string): Head | null {
  const path = join(stateDir, 'store.sqlite')
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null
  const store = new DatabaseSync(path, { readOnly: true, timeout: 1000 })
  try {
    const row = store.prepare("SELECT value FROM meta WHERE name = 'record.head'").get()
    return row === undefined ? null : headShape.parse(JSON.parse(String(row['value'])))
  } finally {
    store.close()
  }
}

/** Derived from the state dir's own key, as the gateway does. `null` when that is gone. */
export async function loadKey(stateDir: string): Promise<Buffer | null> {
  const file = await readPrivateFile(join(stateDir, 'fingerprint.key'))
  const text = file.kind === 'text' ? file.text.trim() : ''
  return /^[0-9a-f]{64}$/.test(text) ? recordKey(Buffer.from(text, 'hex')) : null
}

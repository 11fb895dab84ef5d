/** What the record will be told: on disk before each repair, and kept until the record has it. */
import { appendFile, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../core/errors.ts'
import { jsonOf } from '../core/json.ts'
import { syncFolder } from '../host/replace-file.ts'
import type { NoteEntry } from '../record/types.ts'
import { ASIDE_FOLDER, asideFolder, freeName } from './aside.ts'

const NOTE = z.object({
  at: z.number(),
  event: z.string(),
  by: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

/** Who repairs, as the record has it. */
export const RECOVERER = 'owner:recover'

export function unrecordedPath(stateDir: string): string {
  return join(stateDir, ASIDE_FOLDER, 'unrecorded.jsonl')
}

/** Resolves when it is on disk. */
export async function keepNote(stateDir: string, note: NoteEntry): Promise<void> {
  await asideFolder(stateDir)
  const path = unrecordedPath(stateDir)
  // The line break first: a kill may have left half a line.
  await appendFile(path, `\n${JSON.stringify(note)}\n`, { mode: 0o600 })
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await syncFolder(dirname(path))
}

/** Also those that an earlier run could not hand over. Lines that say nothing readable are passed over; their file is kept. */
export async function keptNotes(stateDir: string): Promise<readonly NoteEntry[]> {
  const text = await readFile(unrecordedPath(stateDir), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line) => NOTE.safeParse(jsonOf(line)).data ?? [])
}

/** The record has them. */
export async function notesAreRecorded(stateDir: string, stamp: string): Promise<void> {
  const folder = join(stateDir, ASIDE_FOLDER, stamp)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(unrecordedPath(stateDir), await freeName(join(folder, 'notes.jsonl'), 1))
  await syncFolder(folder)
}

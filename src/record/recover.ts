/** What a start finds in the records folder, whatever ended the last run. */
import { chmod, mkdir, open, stat, truncate, unlink } from 'node:fs/promises'
import { counted } from '../core/counted.ts'
import { GENESIS, type Link } from './chain.ts'
import { parseEntry } from './entries.ts'
import { absent, firstLine, recordFile, recordFiles, type RecordFile } from './files.ts'
import { headIsGenuine, type Head } from './head.ts'
import { readTail } from './tail.ts'

export interface Recovered {
  /** After which line to go on. */
  readonly last: Link
  /** Complete files before the open one, oldest first. */
  readonly older: readonly (RecordFile & { readonly bytes: number })[]
  /** The file to go on in; it may not exist yet. */
  readonly open: RecordFile
  readonly openBytes: number
  readonly first: { readonly sequence: number; readonly previous: string }
  /** What was wrong, in words; the record itself keeps them. */
  readonly findings: readonly string[]
}

interface Place {
  readonly dir: string
  readonly key: Buffer
  readonly head: Head | null
}

/** Cuts off a line that was not finished, removes what an interrupted drop left, and finds where to go on. */
export async function recover({ dir, key, head: stored }: Place): Promise<Recovered> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const head = stored !== null && headIsGenuine(key, stored) ? stored : null
  const files = await removeDropped(await recordFiles(dir), head)
  const torn = await cutTorn(files.at(-1))
  const tail = await readTail(files, head)
  const findings = [
    ...headFindings({ stored, head, files }),
    ...(torn === 0 ? [] : [`an unfinished line of ${counted(torn, 'byte')} was cut off`]),
    ...(tail.trouble === null ? [] : [tail.trouble]),
  ]
  const last = laterOf(tail.last ?? GENESIS, head === null ? GENESIS : head)
  const place = await whereToGoOn(dir, files, last)
  return { last, findings, ...place, first: await firstKept(head, files) }
}

function headFindings(found: {
  readonly stored: Head | null
  readonly head: Head | null
  readonly files: readonly RecordFile[]
}): readonly string[] {
  if (found.head !== null) return []
  if (found.stored !== null) return ['the head of the record was changed by somebody else']
  return found.files.length === 0 ? [] : ['the head of the record is missing']
}

/** The head names a newer first line than these files hold: they were being dropped. */
async function removeDropped(
  files: readonly RecordFile[],
  head: Head | null,
): Promise<readonly RecordFile[]> {
  const first = head?.firstSequence ?? 0
  const dropped = files.filter((_, index) => {
    const next = files[index + 1]
    return next !== undefined && next.first <= first
  })
  for (const { path } of dropped) await unlink(path).catch(absent)
  return files.filter((file) => !dropped.includes(file))
}

/** Returns how many bytes were cut off. */
async function cutTorn(file: RecordFile | undefined): Promise<number> {
  if (file === undefined) return 0
  await chmod(file.path, 0o600)
  const { size } = await stat(file.path)
  const whole = await wholeBytes(file.path, size)
  if (whole < size) await truncate(file.path, whole)
  return size - whole
}

/** Where the last line break ends, looked for from the end. */
async function wholeBytes(path: string, size: number): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const state = { end: size }
    while (state.end > 0) {
      const start = Math.max(0, state.end - 65_536)
      const chunk = Buffer.alloc(state.end - start)
      await handle.read(chunk, 0, chunk.length, start)
      const found = chunk.lastIndexOf('\n')
      if (found !== -1) return start + found + 1
      state.end = start
    }
    return 0
  } finally {
    await handle.close()
  }
}

function laterOf(a: Link, b: Link): Link {
  return b.sequence > a.sequence ? { sequence: b.sequence, hash: b.hash } : a
}

/** Goes on in the last file: a gap in it stays to be seen, since the sequence goes on after the head. */
async function whereToGoOn(
  dir: string,
  files: readonly RecordFile[],
  last: Link,
): Promise<Pick<Recovered, 'older' | 'open' | 'openBytes'>> {
  const sized = await Promise.all(
    files.map(async (file) => ({ ...file, bytes: (await stat(file.path)).size })),
  )
  const current = sized.at(-1)
  const fresh = recordFile(dir, last.sequence + 1)
  if (current === undefined) return { older: [], open: fresh, openBytes: 0 }
  return { older: sized.slice(0, -1), open: current, openBytes: current.bytes }
}

async function firstKept(
  head: Head | null,
  files: readonly RecordFile[],
): Promise<{ readonly sequence: number; readonly previous: string }> {
  if (head !== null) return { sequence: head.firstSequence, previous: head.firstPrevious }
  const [oldest] = files
  if (oldest === undefined || oldest.first === 1) return { sequence: 1, previous: GENESIS.hash }
  return { sequence: oldest.first, previous: (await previousHash(oldest.path)) ?? GENESIS.hash }
}

/** The hash that a file's first line follows: that line says it, since a file may be all that is left. */
export async function previousHash(path: string): Promise<string | null> {
  const line = await firstLine(path)
  const entry = line === null ? null : parseEntry(line.entry)
  if (entry?.kind !== 'note' || entry.event !== FILE_EVENT) return null
  const { previous } = entry.facts
  return typeof previous === 'string' ? previous : null
}

/** The note that begins every file. */
export const FILE_EVENT = 'record.file'

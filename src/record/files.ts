/** The files of the record: `records/<sequence of the first line>.jsonl`, and how they are read by line. */
import { constants } from 'node:fs'
import { open, readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { parseLine, type ChainedLine } from './chain.ts'

export interface RecordFile {
  readonly path: string
  /** Sequence of its first line. */
  readonly first: number
}

const NAME = /^(\d{16})\.jsonl$/
const LINE_BREAK = 0x0a
/** A pipe in the place of a file would otherwise block for ever. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK
const CHUNK_BYTES = 256 * 1024

export function recordFile(dir: string, first: number): RecordFile {
  return { path: join(dir, `${String(first).padStart(16, '0')}.jsonl`), first }
}

/** Oldest first; nothing when the folder does not exist. */
export async function recordFiles(dir: string): Promise<readonly RecordFile[]> {
  const names = await readdir(dir).catch(absent)
  return (names ?? [])
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .sort()
    .map((digits) => recordFile(dir, Number(digits)))
}

/** Passed to `catch`: turns "no such file" into `null` and lets every other error through. */
export function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

/** What one read brought: whole lines without their line breaks, and what is left at the end. */
export interface Block {
  readonly lines: readonly Buffer[]
  /** Only in the last block: bytes after the last line break. */
  readonly rest: Buffer
}

/** From `offset` to the end as it is now. */
export async function* readForward(path: string, offset = 0): AsyncGenerator<Block> {
  const handle = await openFile(path)
  try {
    const state: { at: number; pending: Buffer[] } = { at: offset, pending: [] }
    for (;;) {
      const chunk = await readChunk(handle, state.at, CHUNK_BYTES)
      if (chunk.length === 0) break
      state.at += chunk.length
      state.pending.push(chunk)
      // Joined once, however many pieces a line came in.
      if (!chunk.includes(LINE_BREAK)) continue
      const { lines, rest } = splitLines(Buffer.concat(state.pending))
      state.pending = [rest]
      yield { lines, rest: Buffer.alloc(0) }
    }
    yield { lines: [], rest: Buffer.concat(state.pending) }
  } finally {
    await handle.close()
  }
}

/** From the end to the start, the newest line first in every block; bytes after the last line break are left out. */
export async function* readBackward(path: string): AsyncGenerator<readonly Buffer[]> {
  const handle = await openFile(path)
  try {
    const { size } = await handle.stat()
    const state: Backward = { end: size, pending: Buffer.alloc(0), torn: true }
    while (state.end > 0) {
      const start = Math.max(0, state.end - CHUNK_BYTES)
      const chunk = await readChunk(handle, start, state.end - start)
      const { lines, rest } = splitLines(Buffer.concat([chunk, state.pending]))
      state.end = start
      const [head, ...whole] = [...lines, ...(state.torn ? [] : [rest])]
      if (head === undefined) {
        state.pending = rest
        continue
      }
      state.torn = false
      state.pending = head
      yield whole.toReversed()
    }
    if (!state.torn) yield [state.pending]
  } finally {
    await handle.close()
  }
}

interface Backward {
  end: number
  /** The start of the line that the last block began with, or all of a last line that has no line break yet. */
  pending: Buffer
  torn: boolean
}

/** Line by line through several files, oldest file first in `files`, newest line first in the result. */
export async function* linesBackward(
  files: readonly RecordFile[],
): AsyncGenerator<{ readonly path: string; readonly line: Buffer }> {
  for (const { path } of files.toReversed()) {
    for await (const block of readBackward(path)) {
      for (const line of block) yield { path, line }
    }
  }
}

/** Rejects for a folder at once and with its path, which a read would not name. */
async function openFile(path: string): Promise<FileHandle> {
  const handle = await open(path, READ)
  const stats = await handle.stat()
  if (!stats.isDirectory()) return handle
  await handle.close()
  throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR', path })
}

async function readChunk(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function splitLines(data: Buffer): { readonly lines: Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = []
  const state = { start: 0 }
  for (;;) {
    const end = data.indexOf(LINE_BREAK, state.start)
    if (end === -1) return { lines, rest: data.subarray(state.start) }
    lines.push(data.subarray(state.start, end))
    state.start = end + 1
  }
}

/** The first line of a file; `null` when it has none that is whole. */
export async function firstLine(path: string): Promise<ChainedLine | null> {
  for await (const { lines } of readForward(path)) {
    const [line] = lines
    if (line !== undefined) return parseLine(line)
  }
  return null
}

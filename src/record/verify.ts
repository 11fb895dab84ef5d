/** `logs verify`: whether the record is what was written, all of it and nothing else. */
import { basename } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { GENESIS, breach, parseLine, type Link } from './chain.ts'
import { readForward, recordFiles, type RecordFile } from './files.ts'
import { headIsGenuine, type Head } from './head.ts'
import { previousHash } from './recover.ts'

export type Verification =
  /** `from` and `to` are sequences; both 0 for an empty record. */
  | {
      readonly kind: 'intact'
      readonly entries: number
      readonly from: number
      readonly to: number
    }
  | {
      readonly kind: 'broken'
      /** File name; `''` where it is about the record as a whole. */
      readonly file: string
      /** From 1; 0 where it is about the file as a whole. */
      readonly line: number
      /** Of the entry that is wrong or missing; 0 when that is not known. */
      readonly sequence: number
      readonly what: string
    }

export interface VerifyOptions {
  readonly dir: string
  /** The newest saved head; asked again when the oldest file is dropped meanwhile. */
  readonly loadHead: () => Head | null
  /** `null` when the key's file is gone. */
  readonly key: Buffer | null
}

type Broken = Extract<Verification, { kind: 'broken' }>

const ATTEMPTS = 3

/** Works beside a running gateway: lines after the head only have to chain. Reads file by file, in little memory. */
export async function verifyRecord(options: VerifyOptions, attempt = 1): Promise<Verification> {
  if (options.key === null)
    return broken('', 'the key that seals the head is missing: nothing can be proved without it')
  // Head before files: the files can only have grown since.
  const head = options.loadHead()
  try {
    const files = await recordFiles(options.dir)
    if (head === null) return withoutHead(files)
    if (!headIsGenuine(options.key, head))
      return broken('', 'the head was changed, or sealed with another key')
    const found = await verifyFiles(files, head)
    // Whole oldest files may have been dropped while we read; the head says so, and then the answer is of yesterday.
    const dropped =
      found.kind === 'broken' && options.loadHead()?.firstSequence !== head.firstSequence
    return dropped && attempt < ATTEMPTS ? verifyRecord(options, attempt + 1) : found
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || attempt >= ATTEMPTS) throw error
    return verifyRecord(options, attempt + 1)
  }
}

function withoutHead(files: readonly RecordFile[]): Verification {
  if (files.length === 0) return { kind: 'intact', entries: 0, from: 0, to: 0 }
  return broken('', 'the head is missing: entries may have been cut off the end')
}

interface Walk {
  last: Link
  /** The last line of the whole record may be half written. */
  inLastFile: boolean
}

async function verifyFiles(files: readonly RecordFile[], head: Head): Promise<Verification> {
  const [oldest] = files
  const start = await startOf(oldest, head)
  if ('kind' in start) return start
  const walk: Walk = { last: start, inLastFile: false }
  for (const [index, file] of files.entries()) {
    walk.inLastFile = index === files.length - 1
    const found = await verifyFile(file, { walk, head })
    if (found !== null) return found
  }
  const { sequence } = walk.last
  if (sequence < head.sequence)
    return cutOff(files.at(-1), { from: sequence + 1, to: head.sequence })
  return {
    kind: 'intact',
    entries: sequence - start.sequence,
    from: start.sequence + 1,
    to: sequence,
  }
}

/** What the oldest line follows. */
async function startOf(oldest: RecordFile | undefined, head: Head): Promise<Link | Broken> {
  const kept = { sequence: head.firstSequence - 1, hash: head.firstPrevious }
  if (oldest === undefined || oldest.first === head.firstSequence) return kept
  if (oldest.first > head.firstSequence) {
    const what = `entries ${head.firstSequence} to ${oldest.first - 1} are missing`
    return { ...broken(basename(oldest.path), what), sequence: head.firstSequence }
  }
  // A drop that was interrupted: the file has to lead to the first line that is kept.
  const previous = oldest.first === 1 ? GENESIS.hash : await previousHash(oldest.path)
  if (previous === null) return broken(basename(oldest.path), 'the file does not begin as ours do')
  return { sequence: oldest.first - 1, hash: previous }
}

interface Context {
  readonly walk: Walk
  readonly head: Head
}

async function verifyFile(file: RecordFile, { walk, head }: Context): Promise<Broken | null> {
  const name = basename(file.path)
  const state = { line: 0 }
  const at = (what: string): Broken => ({
    kind: 'broken',
    file: name,
    line: state.line,
    sequence: walk.last.sequence + 1,
    what,
  })
  if (file.first !== walk.last.sequence + 1) {
    return at(
      `the file is named after entry ${file.first}, and entry ${walk.last.sequence + 1} comes next`,
    )
  }
  for await (const { lines, rest } of readForward(file.path)) {
    for (const bytes of lines) {
      state.line += 1
      const wrong = advance(walk, bytes, head)
      if (wrong !== null) return at(wrong)
    }
    if (rest.length > 0 && !mayBeUnfinished(rest, walk)) {
      state.line += 1
      return at('the line is not one of ours, or was cut')
    }
  }
  return null
}

/** Moves the walk by one line, or says what is wrong with it. */
function advance(walk: Walk, bytes: Buffer, head: Head): string | null {
  const line = parseLine(bytes)
  if (line === null) return 'the line is not one of ours'
  const wrong = breach(walk.last, line) ?? misplaced(line, head)
  if (wrong === null) walk.last = { sequence: line.sequence, hash: line.hash }
  return wrong
}

/** A chain that was made anew is whole in itself, but it does not go through what the head remembers. */
function misplaced({ sequence, hash }: Link, head: Head): string | null {
  if (sequence !== head.sequence || hash === head.hash) return null
  return 'the entry is not the one that was written'
}

/** The gateway is writing it at this moment, or was killed while it did. */
function mayBeUnfinished(rest: Buffer, { last, inLastFile }: Walk): boolean {
  const prefix = Buffer.from(`{"sequence":${last.sequence + 1},"hash":"`)
  const compared = Math.min(prefix.length, rest.length)
  return inLastFile && rest.subarray(0, compared).equals(prefix.subarray(0, compared))
}

function cutOff(
  file: RecordFile | undefined,
  gap: { readonly from: number; readonly to: number },
): Broken {
  const what = `entries ${gap.from} to ${gap.to} were cut off the end`
  return { ...broken(file === undefined ? '' : basename(file.path), what), sequence: gap.from }
}

function broken(file: string, what: string): Broken {
  return { kind: 'broken', file, line: 0, sequence: 0, what }
}

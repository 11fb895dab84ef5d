/** Whether the end of the record is the one that the head knows. */
import { breach, parseLine, type ChainedLine, type Link } from './chain.ts'
import { linesBackward, type RecordFile } from './files.ts'
import type { Head } from './head.ts'

export interface Tail {
  readonly last: Link | null
  readonly trouble: string | null
}

/** Reads back to the head, which is one block after an orderly stop and a second's worth after a crash. */
export async function readTail(files: readonly RecordFile[], head: Head | null): Promise<Tail> {
  const state: { last: Link | null; newer: ChainedLine | null } = { last: null, newer: null }
  for await (const { path, line: bytes } of linesBackward(files)) {
    const line = parseLine(bytes)
    if (line === null) return { last: state.last, trouble: `${path} holds a line that is no entry` }
    state.last ??= line
    const wrong = state.newer === null ? null : breach(line, state.newer)
    if (wrong !== null) return { last: state.last, trouble: wrong }
    if (head === null || line.sequence <= head.sequence) return ended(state.last, line, head)
    state.newer = line
  }
  return endedEarly(state, head)
}

function ended(last: Link, reached: Link, head: Head | null): Tail {
  if (head === null || reached.hash === head.hash) return { last, trouble: null }
  if (reached.sequence < head.sequence)
    return { last, trouble: missing(reached.sequence + 1, head.sequence) }
  return { last, trouble: `entry ${head.sequence} is not the one that was written` }
}

/** All files were read, and the head was not met. */
function endedEarly(
  { last, newer }: { last: Link | null; newer: ChainedLine | null },
  head: Head | null,
): Tail {
  if (head === null) return { last, trouble: null }
  if (newer === null)
    return {
      last,
      trouble: head.sequence === 0 ? null : missing(head.firstSequence, head.sequence),
    }
  const wrong = breach(head, newer)
  return { last, trouble: wrong }
}

function missing(from: number, to: number): string {
  return `entries ${from} to ${to} are missing`
}

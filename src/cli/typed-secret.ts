/** A secret that is typed or piped, never an argument: every user of the machine can read those (R61). */
import type { Readable } from 'node:stream'
import type { Io } from './types.ts'

/** More than any secret; whoever pipes a disk in hears of it. */
const MAX_LENGTH = 256 * 1024

export interface SecretInput extends Readable {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/**
 * From a terminal one line, which is not shown; from a pipe all of it without the last line break.
 * `null`: whoever was asked gave up (Ctrl-C, Ctrl-D).
 */
export async function typedSecret(
  prompt: string,
  io: Pick<Io, 'stderr'>,
  input: SecretInput = process.stdin,
): Promise<string | null> {
  if (input.isTTY !== true || input.setRawMode === undefined) return piped(input)
  // In this order: what is typed at once is not shown either.
  input.setRawMode(true)
  io.stderr(`${prompt} (not shown): `)
  try {
    return await lineOf(input)
  } finally {
    input.setRawMode(false)
    io.stderr('\n')
  }
}

async function piped(input: SecretInput): Promise<string> {
  input.setEncoding('utf8')
  const read: string[] = []
  for await (const chunk of input) {
    read.push(String(chunk))
    if (read.reduce((sum, { length }) => sum + length, 0) > MAX_LENGTH) break
  }
  return read.join('').replace(/\r?\n$/, '')
}

/** A terminal without echo hands on every key: erasing is ours to do. */
function lineOf(input: SecretInput): Promise<string | null> {
  input.setEncoding('utf8')
  const typed: string[] = []
  return new Promise((done) => {
    const end = (line: string | null): void => {
      input.off('data', hear)
      input.pause()
      done(line)
    }
    const hear = (keys: string): void => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') return end(typed.join(''))
        if (key === '\u0003' || key === '\u0004') return end(null)
        if (key === '\u007f' || key === '\b') typed.pop()
        else if (key === '\u0015') typed.length = 0
        else if (key >= ' ') typed.push(key)
      }
    }
    input.on('data', hear)
    input.resume()
  })
}

/** `logs/gateway.log`: lines appended behind the work, rotated once by size; a full disk never stops the gateway. */
import { counted } from '../core/counted.ts'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { appendFile, chmod, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface LogFile {
  /** Lines with their line breaks. Never throws; what the disk does not take is counted and told later. */
  write(lines: string): void
  /** Resolves when all of it is written, or was given up. */
  flush(): Promise<void>
}

/** Waiting in memory while the disk is slow or full. */
const MOST_WAITING = 1024 * 1024

/** `maxBytes`: of `path`; one older file of that size is kept beside it as `<path>.1`. */
export function openLogFile(path: string, maxBytes: number): LogFile {
  const state: State = { waiting: [], waitingLength: 0, lost: 0, size: null, running: null }
  const write = (lines: string): void => {
    if (state.waitingLength + lines.length > MOST_WAITING) {
      state.lost += 1
      return
    }
    state.waiting.push(lines)
    state.waitingLength += lines.length
    state.running ??= drain({ path, maxBytes, state })
  }
  return {
    write,
    async flush() {
      await state.running
    },
  }
}

interface State {
  waiting: string[]
  waitingLength: number
  lost: number
  /** `null` until it was looked up, and after an error. */
  size: number | null
  running: Promise<void> | null
}

interface Target {
  readonly path: string
  readonly maxBytes: number
  readonly state: State
}

async function drain(target: Target): Promise<void> {
  const { state } = target
  // Lines of one turn go together.
  await Promise.resolve()
  while (state.waiting.length > 0) {
    const data = state.waiting.join('')
    const count = state.waiting.length
    state.waiting = []
    state.waitingLength = 0
    await append(target, `${lostNote(state.lost)}${data}`).catch(() => {
      state.lost += count
      state.size = null
    })
  }
  state.running = null
}

async function append({ path, maxBytes, state }: Target, data: string): Promise<void> {
  const size = state.size ?? (await prepare(path))
  const bytes = Buffer.byteLength(data)
  const full = size > 0 && size + bytes > maxBytes
  if (full) await rename(path, `${path}.1`)
  await appendFile(path, data, { mode: 0o600 })
  state.size = full ? bytes : size + bytes
  state.lost = 0
}

async function prepare(path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const found = await stat(path).catch(() => null)
  if (found !== null) await chmod(path, 0o600)
  return found?.size ?? 0
}

function lostNote(lost: number): string {
  if (lost === 0) return ''
  return `${JSON.stringify({ level: 'warn', message: `${counted(lost, 'line')} before this one could not be written` })}\n`
}

/** The last whole lines of the file and its size in bytes; nothing when there is no file. */
export function readLogTail(
  path: string,
  mostBytes: number,
): { readonly lines: readonly string[]; readonly size: number } {
  const file = openForReading(path)
  if (file === null) return { lines: [], size: 0 }
  try {
    const { size } = fstatSync(file)
    const start = Math.max(0, size - mostBytes)
    const data = Buffer.alloc(size - start)
    const text = data.toString('utf8', 0, readSync(file, data, 0, data.length, start))
    const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1)
    return { lines: whole.split('\n').slice(0, -1), size }
  } finally {
    closeSync(file)
  }
}

function openForReading(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

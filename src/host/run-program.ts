/** Runs a program that prints a secret: no shell, nobody to ask, a time limit, its output never logged. */
import { execFile } from 'node:child_process'
import { codeOf } from '../core/errors.ts'

export type Ran =
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string }

const TIMEOUT_MS = 10_000
const MAX_BYTES = 65_536

export function runProgram(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs = TIMEOUT_MS,
): Promise<Ran> {
  const [program = '', ...args] = command
  // What no system takes as an argument; Node's own words would repeat it.
  if (command.some((word) => word.includes('\0')))
    return Promise.resolve({
      kind: 'failed',
      why: `program ${program} cannot be started: there is a zero byte in its command`,
    })
  return new Promise((done) => {
    const options = {
      env,
      timeout: timeoutMs,
      maxBuffer: MAX_BYTES,
      killSignal: 'SIGKILL' as const,
      windowsHide: true,
    }
    const child = execFile(program, args, options, (error, stdout) => {
      done(
        error === null
          ? { kind: 'output', text: stdout }
          : { kind: 'failed', why: faultOf(program, error, timeoutMs) },
      )
    })
    // Whatever it asks for on standard input ends at once, and not with the time limit.
    child.stdin?.on('error', () => undefined).end()
  })
}

/** Its own error output is left out: it may repeat what it was asked for. */
function faultOf(
  program: string,
  error: Error & { readonly killed?: boolean; readonly code?: unknown },
  timeoutMs: number,
): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return `program ${program} not found`
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `program ${program} printed more than 64 KiB`
  if (error.killed === true)
    return `program ${program} took longer than ${timeoutMs / 1000} seconds`
  return `program ${program} failed (${typeof error.code === 'number' ? `exit ${error.code}` : code})`
}

/** Runs one program of the list: no shell, next to no environment, a time limit, bounded output, and nothing left behind. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { codeOf } from '../core/errors.ts'
import { BoundedOutput } from './bounded-output.ts'
import { childEnvironment } from './child-environment.ts'
import type { ProcessGroups } from './process-groups.ts'
import type { Environment, FailureCode, Outcome, ProgramCommand, RunResult } from './types.ts'

export interface Surroundings {
  readonly groups: ProcessGroups
  /** This process's own: what a command is given of it is chosen from it. */
  readonly env: Environment
}

export interface Manner extends Surroundings {
  readonly extraArgs: readonly string[]
  /** The command's own limit holds as well. */
  readonly timeoutMs: number
  readonly cancelled: AbortSignal
}

/** How long output may still come after the program ended: whoever left its group may hold the pipe for ever. */
const DRAIN_MS = 250

type Child = ChildProcessByStdio<null, Readable, Readable>

export function runCommand(command: ProgramCommand, manner: Manner): Promise<Outcome> {
  const begun = performance.now()
  const child = start(command, manner)
  if (child instanceof Error) return Promise.resolve(notStarted(command, child))

  const { groups, cancelled } = manner
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  const output = {
    stdout: new BoundedOutput(command.maxOutputBytes),
    stderr: new BoundedOutput(command.maxOutputBytes),
  }
  child.stdout.on('data', (chunk: Buffer) => output.stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk))

  return new Promise((done) => {
    const state: { stopped: Outcome | null } = { stopped: null }
    const stop = (why: Outcome): void => {
      state.stopped ??= why
      if (pid !== undefined) groups.stop(pid)
    }
    const timeoutMs = Math.min(command.timeoutMs, manner.timeoutMs)
    const timer = setTimeout(
      () => stop(failed('timeout', `it took longer than ${timeoutMs} ms, and was ended`)),
      timeoutMs,
    )
    const onCancel = () => stop(failed('cancelled', 'it was ended: nobody waits for it any more'))
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer)
      cancelled.removeEventListener('abort', onCancel)
      child.stdout.destroy()
      child.stderr.destroy()
      done(state.stopped ?? outcome)
    }
    child.once('error', (error) => {
      if (pid === undefined) settle(notStarted(command, error))
    })
    child.once('exit', (exitCode, signal) => {
      if (pid !== undefined) groups.end(pid)
      const end = () => settle(ended({ exitCode, signal }, output, performance.now() - begun))
      const drained = setTimeout(end, DRAIN_MS)
      child.once('close', () => {
        clearTimeout(drained)
        end()
      })
    })
    if (cancelled.aborted) onCancel()
    else cancelled.addEventListener('abort', onCancel, { once: true })
  })
}

function start(command: ProgramCommand, { env, extraArgs }: Manner): Child | Error {
  try {
    return spawn(command.program, [...command.args, ...extraArgs], {
      cwd: command.cwd ?? env['HOME'] ?? '/',
      env: childEnvironment(env, command.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      // A group of its own, which can be ended as a whole.
      detached: true,
      windowsHide: true,
    })
  } catch (error) {
    return error instanceof Error ? error : new Error('it could not be started')
  }
}

function ended(
  { exitCode, signal }: Pick<RunResult, 'exitCode' | 'signal'>,
  { stdout, stderr }: { readonly stdout: BoundedOutput; readonly stderr: BoundedOutput },
  durationMs: number,
): Outcome {
  const payload: RunResult = {
    exitCode,
    signal,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
    durationMs: Math.round(durationMs),
  }
  return { kind: 'done', payload }
}

/** Which program it is, and where, is this machine's own business: whoever asked hears the kind of fault. */
function notStarted({ name }: ProgramCommand, error: Error): Outcome {
  const code = codeOf(error)
  const why = code === 'ENOENT' ? 'its program, or its folder, is not there' : code
  return failed('failed-to-start', `${name} could not be started: ${why}`)
}

function failed(code: FailureCode, message: string): Outcome {
  return { kind: 'failed', code, message }
}

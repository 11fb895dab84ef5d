/** A server in a process of its own, and what Linux says that it has used. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ServerProcess {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** `USER_HZ`, which is 100 on every Linux that Node runs on. */
const TICK_MICROS = 10_000
const START_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 12_000

interface Program {
  /** Arguments of Node. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly port: number
  /** Answers 200 once it serves. */
  readonly readyPath: string
}

export async function startServer({
  args,
  env,
  cwd,
  port,
  readyPath,
}: Program): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...cleanEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  const keep = (chunk: Buffer) => output.length < 200 && output.push(chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)

  const until = performance.now() + START_TIMEOUT_MS
  while ((await statusOf(port, readyPath)) !== 200) {
    if (child.exitCode !== null || performance.now() > until) {
      await stop(child)
      throw new Error(`node ${args.join(' ')} did not start:\n${output.join('').slice(-2_000)}`)
    }
    await sleep(2)
  }
  return { port, pid: child.pid ?? 0, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(timer)
}

/** Our own environment may configure a gateway of the user. */
export function cleanEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('OPENCLAW_'))
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']))
}

/** Status of a plain GET; 0 while nothing answers. Cheap, so that waiting for a start costs it little. */
function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`),
    )
    socket.once('data', (chunk: Buffer) => resolve(Number(chunk.toString('latin1').slice(9, 12))))
    socket.on('error', () => {})
    socket.on('close', () => resolve(0))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1')
    server.on('error', reject)
    server.on('listening', () => {
      const address = server.address()
      server.close(() =>
        resolve(address === null || typeof address === 'string' ? 0 : address.port),
      )
    })
  })
}

/** User and system time so far, in microseconds; a multiple of 10,000. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may itself hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS
}

export function rssKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
}

/** For tests: a child process that dies by `kill -9` before a chosen one of its writes, and the list of those writes. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const STRACE = spawnSync('strace', ['--version']).status === 0

/** Whatever changes a file, makes a change durable, or says so; `write` itself only wakes threads here. */
const WRITES =
  `pwrite64 writev pwritev fdatasync fsync ftruncate fallocate rename renameat renameat2
  unlink unlinkat`.split(/\s+/)

/** One call of a dry run, and how a later run is told to die just before it: strace counts by thread and name. */
export interface WriteCall {
  readonly name: string
  readonly nth: number
  /** Before the child said ACK. */
  readonly unacknowledged: boolean
}

export interface Traced {
  readonly stdout: string
  readonly killed: boolean
}

/** `death`: where; `null` for a run that ends by itself. */
export function traced(
  command: readonly string[],
  { log, death }: { readonly log: string; readonly death: WriteCall | null },
): Promise<Traced> {
  const inject =
    death === null ? [] : ['-e', `inject=${death.name}:signal=SIGKILL:when=${death.nth}`]
  const options = ['-f', '-qq', '-o', log, '-e', `trace=${WRITES.join(',')}`]
  const child = spawn('strace', [...options, ...inject, process.execPath, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_code, signal) =>
      resolve({ stdout: Buffer.concat(chunks).toString(), killed: signal === 'SIGKILL' }),
    )
  })
}

/** Every write after the child said READY. */
export function writesAfterReady(log: string): readonly WriteCall[] {
  const counts = new Map<string, number>()
  const calls: WriteCall[] = []
  const seen = { ready: false, acknowledged: false }
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, thread = '', name = '', rest = ''] = /^(\d+) +(\w+)\((.*)/.exec(line) ?? []
    if (!WRITES.includes(name)) continue
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1
    counts.set(`${thread} ${name}`, nth)
    if (seen.ready) calls.push({ name, nth, unacknowledged: !seen.acknowledged })
    if (rest.includes('"READY')) seen.ready = true
    if (rest.includes('"ACK')) seen.acknowledged = true
  }
  return calls
}

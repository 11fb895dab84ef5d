/** For tests: somebody on another machine, and another user of this one, who send what they are told. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Heard, Told } from './requester.fixture.ts'

export interface Requester {
  /** Its status; 0 where nobody answered. */
  send(request: Omit<Told, 'id'>): Promise<number>
  end(): void
}

/** `within`: in front of the command, as `Machine.within` or `setpriv …`. */
export function requester(within: readonly string[]): Requester {
  const script = join(import.meta.dirname, 'requester.fixture.ts')
  const [program, ...args] = [...within, process.execPath, script]
  const child = spawn(program ?? '', args, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, (status: number) => void>()
  const last = { id: 0 }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, status } = JSON.parse(line) as Heard
    waiting.get(id)?.(status)
    waiting.delete(id)
  })
  return {
    send(told) {
      last.id += 1
      const id = last.id
      child.stdin.write(`${JSON.stringify({ ...told, id })}\n`)
      return new Promise((done) => void waiting.set(id, done))
    },
    end: () => void child.stdin.end(),
  }
}

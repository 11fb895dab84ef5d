/** The text of the lock journal: one JSON object a line, and the locks that all lines together leave in force. */
import * as z from 'zod'
import type { Lock, LockLine } from '../access/throttle-locks.ts'

const lineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lock'),
    address: z.string().min(1),
    class: z.enum(['shared', 'device', 'api-key', 'session', 'proxy', 'tailscale', 'webhook']),
    until: z.number(),
  }),
  z.object({ kind: z.literal('release'), address: z.string().min(1).nullable() }),
  z.object({ kind: z.literal('cap'), until: z.number() }),
])

export function formatLine(line: LockLine): string {
  return `${JSON.stringify(line)}\n`
}

/** `damaged`: lines that say nothing readable, such as the half of one that a crash left at the end. */
export function parseLines(text: string): {
  readonly lines: readonly LockLine[]
  readonly damaged: number
} {
  const texts = text.split('\n').filter((line) => line.trim() !== '')
  const lines = texts.map(parseLine).filter((line) => line !== null)
  return { lines, damaged: texts.length - lines.length }
}

/** The locks in force at `now` (milliseconds since the epoch). */
export function locksOf(lines: readonly LockLine[], now: number): readonly Lock[] {
  const locks = new Map<string, Lock>()
  for (const line of lines) apply(line, locks)
  return [...locks.values()].filter(({ until }) => until > now)
}

function apply(line: LockLine, locks: Map<string, Lock>): void {
  if (line.kind === 'lock') {
    locks.set(`${line.class} ${line.address}`, {
      address: line.address,
      class: line.class,
      until: line.until,
    })
    return
  }
  for (const [key, lock] of locks) {
    if (line.kind === 'cap') locks.set(key, { ...lock, until: Math.min(lock.until, line.until) })
    else if (line.address === null || line.address === lock.address) locks.delete(key)
  }
}

function parseLine(text: string): LockLine | null {
  try {
    const parsed = lineSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

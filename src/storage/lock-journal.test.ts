/** Locks survive restarts, crashes, torn lines and full disks. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LockLine } from '../access/throttle-locks.ts'
import { openLockJournal } from './lock-journal.ts'

const FIXTURE = new URL('./lock-journal.fixture.ts', import.meta.url).pathname
const NOW = 1_800_000_000_000

let folder = ''
let path = ''
let trouble: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locks-'))
  path = join(folder, 'locks.jsonl')
  trouble = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function opened(now = NOW, growthBytes?: number) {
  const options = { path, wall: () => now, onTrouble: (message: string) => trouble.push(message) }
  return openLockJournal(growthBytes === undefined ? options : { ...options, growthBytes })
}

async function restarted(lines: readonly LockLine[], now = NOW) {
  const { journal } = await opened()
  await Promise.all(lines.map((line) => journal.append(line)))
  await journal.close()
  const again = await opened(now)
  await again.journal.close()
  return again.locks
}

const lock = (address: string, until = NOW + 1_000): LockLine => ({
  kind: 'lock',
  address,
  class: 'shared',
  until,
})

describe('after a restart', () => {
  const CASES: readonly {
    name: string
    lines: readonly LockLine[]
    now?: number
    held: readonly string[]
  }[] = [
    { name: 'a lock holds', lines: [lock('192.0.2.1')], held: ['192.0.2.1'] },
    { name: 'a lock that ended is gone', lines: [lock('192.0.2.1')], now: NOW + 1_000, held: [] },
    {
      name: 'a cleared address is gone, others hold',
      lines: [lock('192.0.2.1'), lock('192.0.2.2'), { kind: 'release', address: '192.0.2.1' }],
      held: ['192.0.2.2'],
    },
    {
      name: 'clearing all clears all',
      lines: [lock('192.0.2.1'), lock('192.0.2.2'), { kind: 'release', address: null }],
      held: [],
    },
    {
      name: 'a lock made after a clear holds',
      lines: [lock('192.0.2.1'), { kind: 'release', address: null }, lock('192.0.2.1')],
      held: ['192.0.2.1'],
    },
    {
      name: 'a shorter lockout shortened what was above it',
      lines: [lock('192.0.2.1'), { kind: 'cap', until: NOW + 10 }, lock('192.0.2.2')],
      now: NOW + 10,
      held: ['192.0.2.2'],
    },
  ]
  test.each(CASES)('$name', async ({ lines, now, held }) => {
    const locks = await restarted(lines, now)
    expect(locks.map(({ address }) => address)).toEqual(held)
  })

  test('classes are told apart', async () => {
    const locks = await restarted([
      lock('192.0.2.1'),
      { kind: 'lock', address: '192.0.2.1', class: 'api-key', until: NOW + 5 },
    ])
    expect(locks.map((l) => l.class)).toEqual(['shared', 'api-key'])
  })
})

test('R62: the file is 0600, also when it was not before', async () => {
  await writeFile(path, '', { mode: 0o644 })
  const { journal } = await opened()
  await journal.append(lock('192.0.2.1'))
  await journal.close()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a torn last line and nonsense in between cost only themselves, and are told', async () => {
  const { journal } = await opened()
  await journal.append(lock('192.0.2.1'))
  await journal.close()
  await appendFile(path, 'nonsense\n{"kind":"lock","address":"","class":"shared","until":1}\n')
  await appendFile(path, `${JSON.stringify(lock('192.0.2.2'))}\n{"kind":"lock","addr`)
  const again = await opened()
  expect(again.locks.map(({ address }) => address)).toEqual(['192.0.2.1', '192.0.2.2'])
  expect(trouble).toEqual([`${path}: 3 lines cannot be read and are left out`])
  await again.journal.append(lock('192.0.2.3'))
  await again.journal.close()
  const last = await opened()
  expect(last.locks).toHaveLength(3)
  await last.journal.close()
})

test('a start leaves out what has ended', async () => {
  await restarted([lock('192.0.2.1'), lock('192.0.2.2', NOW + 99_000)], NOW + 5_000)
  expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(1)
})

test('locks made together share a write, and the file stays small however many come and go', async () => {
  const { journal } = await opened(NOW, 5_000)
  for (let round = 0; round < 40; round += 1) {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => journal.append(lock(`192.0.2.${n}`, NOW + round))),
    )
  }
  await journal.close()
  expect((await stat(path)).size).toBeLessThan(12_000)
  const again = await opened(NOW + 38)
  expect(again.locks).toHaveLength(20)
  await again.journal.close()
})

test('a file that cannot be read stops the start and says so', async () => {
  await rm(path, { force: true })
  path = folder
  await expect(opened()).rejects.toThrow(/cannot be read .*check its owner and permissions/)
})

test('nothing is taken once it is closed, and what waited is written first', async () => {
  const { journal } = await opened()
  const waiting = journal.append(lock('192.0.2.1'))
  await journal.close()
  await waiting
  await expect(journal.append(lock('192.0.2.2'))).rejects.toThrow('closed')
})

interface Run {
  readonly count: number
  readonly pauseMs?: number
  /** The kernel refuses to let a file grow beyond: the same error path as a full disk. */
  readonly limitBytes?: number
}

function run({ count, pauseMs = 1, limitBytes }: Run) {
  const limit = limitBytes === undefined ? '' : `prlimit --pid $$ --fsize=${limitBytes}:; `
  const script = `${limit}exec "$0" "$@"`
  const args = [process.execPath, FIXTURE, path, String(count), String(pauseMs)]
  const child = spawn('bash', ['-c', script, ...args])
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    child.emit('said', line)
  })
  return { child, lines }
}

test('kill -9: every lock that was acknowledged holds after the restart', async () => {
  for (const kills of [30, 200, 700]) {
    const { child, lines } = run({ count: 1_000_000 })
    child.on('said', () => lines.length >= kills && child.kill('SIGKILL'))
    await once(child, 'close')
    expect(lines.length).toBeGreaterThanOrEqual(kills)
    const { journal, locks } = await opened(Date.now())
    await journal.close()
    const held = new Set(locks.map(({ address }) => address))
    expect(lines.filter((address) => !held.has(address))).toEqual([])
  }
})

test('a full disk: the lock still holds in memory, each wait is rejected once, and the log says what to do', async () => {
  const { child, lines } = run({ count: 60, limitBytes: 1_000 })
  const told: string[] = []
  child.stderr.on('data', (chunk: Buffer) => told.push(chunk.toString()))
  await once(child, 'close')
  const lost = lines.filter((line) => line.startsWith('lost'))
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.filter((line) => !line.endsWith(' true'))).toEqual([])
  expect(lines).toHaveLength(61)
  expect(lines.at(-1)).toBe('done')
  expect(told.join('')).toMatch(/locks hold, but a restart would lift them/)
})

test('once a full disk has room again, the locks of meanwhile are written too, the torn one included', async () => {
  const { child, lines } = run({ count: 1_000_000, pauseMs: 20, limitBytes: 30 })
  const lost = () => lines.filter((line) => line.startsWith('lost'))
  while (lost().length === 0) await once(child, 'said')
  execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:'])
  const before = new Set(lines)
  while (lines.every((line) => before.has(line) || line.startsWith('lost')))
    await once(child, 'said')
  child.kill('SIGKILL')
  await once(child, 'close')

  const { journal, locks } = await opened(Date.now())
  await journal.close()
  const held = new Set(locks.map(({ address }) => address))
  const known = lines.map((line) => line.replace(/^lost (\S+) .*$/, '$1'))
  expect(known.filter((address) => !held.has(address))).toEqual([])
})

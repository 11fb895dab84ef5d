import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { openLogFile, readLogTail } from './log-file.ts'
import { LogRing } from './log-ring.ts'
import { logPath, openLog, type Log, type LogLevel } from './log.ts'
import { createScrubber } from './scrub.ts'

const place = { dir: '' }
const opened: Log[] = []
beforeEach(() => {
  place.dir = mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(async () => {
  for (const log of opened.splice(0)) await log.flush()
  rmSync(place.dir, { recursive: true, force: true })
})

async function open(level: LogLevel = 'info', secrets: readonly Secret[] = []) {
  const shown: string[] = []
  const log = await openLog({
    stateDir: place.dir,
    level,
    scrubber: createScrubber(secrets),
    write: (text) => shown.push(text),
    clock: () => Date.UTC(2026, 10, 20, 12, 3, 4),
  })
  opened.push(log)
  return { log, shown }
}

const NEWEST = { cursor: null, limit: 500, maxBytes: 250_000 }

describe('a line', () => {
  test('is one human line on standard output and one JSON line in the file', async () => {
    const { log, shown } = await open()
    log.warn('channel is slow', { channel: 'telegram', delayMs: 12, note: 'two words' })
    await log.flush()
    expect(shown).toEqual([
      '12:03:04 warn  channel is slow channel=telegram delayMs=12 note="two words"\n',
    ])
    expect(JSON.parse(readFileSync(logPath(place.dir), 'utf8'))).toEqual({
      level: 'warn',
      time: '2026-11-20T12:03:04.000Z',
      channel: 'telegram',
      delayMs: 12,
      note: 'two words',
      message: 'channel is slow',
    })
  })

  test('below the level is not written', async () => {
    const { log, shown } = await open('warn')
    log.debug('a')
    log.info('b')
    log.error('c')
    expect(shown).toEqual(['12:03:04 error c\n'])
  })

  test('cannot be forged, nor command the terminal', async () => {
    const { log, shown } = await open()
    log.info('name: a\n12:03:04 error fake \u001b[31m', { user: 'x\r\ny\u202e' })
    expect(shown.join('').split('\n')).toHaveLength(2)
    for (const character of ['\u001b', '\u202e', '\r'])
      expect(shown.join('')).not.toContain(character)
  })

  test('R62: the file is 0600 and its folder 0700', async () => {
    const { log } = await open()
    log.info('a')
    await log.flush()
    expect(statSync(logPath(place.dir)).mode & 0o777).toBe(0o600)
    expect(statSync(join(place.dir, 'logs')).mode & 0o777).toBe(0o700)
  })
})

describe('R59, R61: a secret', () => {
  test('reaches neither standard output, nor the file, nor logs.tail', async () => {
    const secret = new Secret('correct "horse" battery')
    const { log, shown } = await open('debug', [secret])
    const error = new Error(`login failed with ${secret.reveal()}`, {
      cause: new Error(secret.reveal()),
    })
    log.info(`message ${secret.reveal()}`, {
      fact: secret.reveal(),
      nested: JSON.stringify({ a: secret.reveal() }),
    })
    log.failure('it failed', error)
    log.print(`auth refused client=${secret.reveal()}`)
    log.info('as a type', { secret: String(secret) })
    await log.flush()
    const all = [
      ...shown,
      readFileSync(logPath(place.dir), 'utf8'),
      ...log.tail(NEWEST).lines,
    ].join('\n')
    expect(all).not.toMatch(/horse/)
    expect(all).toContain('[redacted]')
    for (const line of log.tail(NEWEST).lines) expect(() => JSON.parse(line)).not.toThrow()
  })
})

describe('a failure', () => {
  test('says its causes, and its stack only at level debug, only in the file', async () => {
    const error = new TypeError('outer', { cause: new Error('inner') })
    const quiet = await open()
    quiet.log.failure('it failed', error, { requestId: 'a-1' })
    expect(quiet.shown).toEqual([
      '12:03:04 error it failed requestId=a-1 error="TypeError outer: because Error inner"\n',
    ])
    await quiet.log.flush()
    expect(readFileSync(logPath(place.dir), 'utf8')).not.toContain('log.test.ts')
    const verbose = await open('debug')
    verbose.log.failure('it failed', error)
    verbose.log.failure('it failed', 'a string')
    expect(verbose.shown.join('')).not.toContain('log.test.ts')
    expect(verbose.shown[1]).toContain('error="a string"')
    await verbose.log.flush()
    expect(readFileSync(logPath(place.dir), 'utf8')).toContain('log.test.ts')
  })
})

describe('the file', () => {
  test('is rotated by size, and there are never more than two', async () => {
    const path = join(place.dir, 'logs', 'gateway.log')
    const file = openLogFile(path, 1000)
    for (let index = 0; index < 100; index += 1) {
      file.write(`${String(index).padStart(99, '.')}\n`)
      await file.flush()
    }
    expect(statSync(path).size).toBeLessThanOrEqual(1000)
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1000)
    expect(readFileSync(path, 'utf8')).toMatch(/99\n$/)
    expect(statSync(join(place.dir, 'logs')).isDirectory()).toBe(true)
  })

  test('that cannot be written loses lines, says how many once it can, and throws nothing', async () => {
    const path = join(place.dir, 'logs', 'gateway.log')
    writeFileSync(join(place.dir, 'logs'), 'in the way')
    const file = openLogFile(path, 1000)
    file.write('lost\n')
    await file.flush()
    file.write('x'.repeat(2 * 1024 * 1024))
    rmSync(join(place.dir, 'logs'))
    file.write('kept\n')
    await file.flush()
    expect(readFileSync(path, 'utf8')).toBe(
      '{"level":"warn","message":"2 lines before this one could not be written"}\nkept\n',
    )
  })

  test('is narrowed to 0600 when somebody had widened it', async () => {
    const path = join(place.dir, 'gateway.log')
    writeFileSync(path, 'old\n', { mode: 0o644 })
    const file = openLogFile(path, 1000)
    file.write('new\n')
    await file.flush()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe('old\nnew\n')
  })

  test('is read from its end, whole lines only', () => {
    const path = join(place.dir, 'gateway.log')
    writeFileSync(path, 'one\ntwo\nthree\ntorn')
    expect(readLogTail(path, 14)).toEqual({ lines: ['three'], size: 18 })
    expect(readLogTail(path, 100)).toEqual({ lines: ['one', 'two', 'three'], size: 18 })
    expect(readLogTail(join(place.dir, 'nothing'), 100)).toEqual({ lines: [], size: 0 })
    mkdirSync(join(place.dir, 'folder'))
    symlinkSync('nowhere', join(place.dir, 'dangling'))
    expect(readLogTail(join(place.dir, 'dangling'), 100)).toEqual({ lines: [], size: 0 })
  })
})

describe('logs.tail', () => {
  const EMPTY = { lines: [], size: 0 }

  test('goes on from the cursor, with nothing twice and nothing lost', () => {
    const ring = new LogRing('f', EMPTY)
    ring.push('a')
    ring.push('ü')
    const first = ring.tail(NEWEST)
    expect(first).toEqual({ file: 'f', cursor: 5, size: 5, lines: ['a', 'ü'] })
    ring.push('c')
    expect(ring.tail({ ...NEWEST, cursor: first.cursor })).toEqual({
      file: 'f',
      cursor: 7,
      size: 7,
      lines: ['c'],
    })
    expect(ring.tail({ ...NEWEST, cursor: 7 }).lines).toEqual([])
  })

  test('says what it left out', () => {
    const ring = new LogRing('f', EMPTY)
    for (const line of ['a', 'b', 'c', 'd']) ring.push(line)
    expect(ring.tail({ ...NEWEST, limit: 2 })).toMatchObject({
      lines: ['c', 'd'],
      truncated: true,
      skippedBytes: 4,
    })
    expect(ring.tail({ ...NEWEST, maxBytes: 2 })).toMatchObject({
      lines: ['d'],
      truncated: true,
      skippedBytes: 6,
    })
    expect(ring.tail({ cursor: 2, limit: 1, maxBytes: 100 })).toMatchObject({
      lines: ['d'],
      skippedBytes: 4,
    })
    expect(ring.tail({ ...NEWEST, maxBytes: 1 })).toMatchObject({
      lines: [],
      truncated: true,
      skippedBytes: 8,
    })
  })

  test('starts over when the cursor is of a log that is gone', () => {
    const ring = new LogRing('f', EMPTY)
    ring.push('a')
    expect(ring.tail({ ...NEWEST, cursor: 99 })).toEqual({
      file: 'f',
      cursor: 2,
      size: 2,
      lines: ['a'],
      reset: true,
    })
  })

  test('has what the file held before the start', async () => {
    const first = await open()
    first.log.info('before')
    await first.log.flush()
    const { cursor } = first.log.tail(NEWEST)
    const second = await open()
    expect(second.log.tail(NEWEST).lines).toHaveLength(1)
    second.log.info('after')
    expect(second.log.tail({ ...NEWEST, cursor }).lines).toEqual([expect.stringContaining('after')])
  })

  test('is bounded', () => {
    const ring = new LogRing('f', EMPTY)
    for (let index = 0; index < 30_000; index += 1) ring.push(`line ${index}`)
    const { lines, truncated } = ring.tail({ cursor: 0, limit: 30_000, maxBytes: 10_000_000 })
    expect(lines.length).toBeLessThanOrEqual(10_001)
    expect(lines.at(-1)).toBe('line 29999')
    expect(truncated).toBe(true)
  })
})

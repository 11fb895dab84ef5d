import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordLine } from '../cli/parts.ts'
import { recordFilesOf } from './command-record.ts'

const state = { dir: '' }
const ALL = { kind: null, since: null, client: null, limit: 100 } as const
const logLine = (second: number, message: string, facts: object = {}) =>
  `${JSON.stringify({ level: 'info', time: `2026-11-20T12:00:0${second}.000Z`, message, ...facts })}\n`

beforeEach(async () => {
  state.dir = await mkdtemp(join(tmpdir(), 'openclaw-record-'))
  await mkdir(join(state.dir, 'logs'))
  await writeFile(join(state.dir, 'logs/gateway.log.1'), logLine(1, 'older'))
  await writeFile(
    join(state.dir, 'logs/gateway.log'),
    `${logLine(2, 'started', { client: '192.0.2.1' })}no json\n[]\n{"half`,
  )
})
afterEach(() => rm(state.dir, { recursive: true, force: true }))

const messages = (lines: readonly RecordLine[]) => lines.map(({ entry }) => entry['message'])

describe('the log beside the record', () => {
  it('is listed oldest first, half-written and foreign lines left out', async () => {
    expect(messages(await recordFilesOf(state.dir).list(ALL))).toEqual(['older', 'started'])
    expect(messages(await recordFilesOf(state.dir).list({ ...ALL, limit: 1 }))).toEqual(['started'])
  })

  it.each([
    [{ kind: 'auth' }, []],
    [{ kind: 'gateway' }, ['older', 'started']],
    [{ client: '192.0.2.1' }, ['started']],
    [{ since: Date.parse('2026-11-20T12:00:02Z') }, ['started']],
  ] as const)('%j', async (filter, expected) => {
    expect(messages(await recordFilesOf(state.dir).list({ ...ALL, ...filter }))).toEqual(expected)
  })

  it('is followed until somebody has seen enough', async () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    const following = (async () => {
      for await (const { entry } of recordFilesOf(state.dir).follow({
        ...ALL,
        signal: controller.signal,
      })) {
        seen.push(entry['message'])
        controller.abort()
      }
    })()
    const grow = setInterval(
      () => void appendFile(join(state.dir, 'logs/gateway.log'), `\n${logLine(9, 'new')}`),
      20,
    )
    await following
    clearInterval(grow)
    expect(seen).toContain('new')
    expect(seen).not.toContain('started')
  })

  it('a state dir without a record has one that is intact; one whose key is gone has not', async () => {
    expect(await recordFilesOf(state.dir).verify()).toMatchObject({ kind: 'intact', entries: 0 })
    await mkdir(join(state.dir, 'records'))
    expect(await recordFilesOf(state.dir).verify()).toMatchObject({
      kind: 'broken',
      what: expect.stringContaining('key'),
    })
    expect(await recordFilesOf(state.dir).find('abc-1')).toBeNull()
  })
})

import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { recordText, requestEntry, verifyTest } from './record.fixture.ts'
import { findRequest, listRecord } from './read.ts'
import { testRecords } from './test-records.fixture.ts'

const record = testRecords()

const ALL = { kind: null, since: null, client: null, limit: 10_000 } as const

describe('outages', () => {
  test('a removed folder: changes are refused, one report, and it goes on by itself with the gap visible', async () => {
    const files = record()
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    rmSync(files.dir, { recursive: true })
    await expect(open.open(requestEntry('a-2'))).rejects.toThrow('the record cannot be written')
    expect(open.writable).toBe(false)
    await expect(open.open(requestEntry('a-3'))).rejects.toThrow('the record cannot be written')
    open.write(requestEntry('a-4'))
    await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 5000, interval: 20 })
    await open.open(requestEntry('a-5'))
    await open.stop()
    expect(files.reports.map((report) => report.split(':')[0])).toEqual(['error', 'info'])
    for (const id of ['a-2', 'a-3']) expect(await findRequest(files.dir, id)).toBeNull()
    expect(await findRequest(files.dir, 'a-4')).not.toBeNull()
    expect(await findRequest(files.dir, 'a-5')).not.toBeNull()
    expect(await verifyTest(files)).toMatchObject({
      kind: 'broken',
      what: 'entries 1 to 2 are missing',
    })
  })

  test.each([
    ['cut', (path: string) => truncateSync(path, 300)],
    [
      'replaced by an older one',
      (path: string) => {
        const content = readFileSync(path)
        rmSync(path)
        writeFileSync(path, content.subarray(0, content.indexOf('\n') + 1))
      },
    ],
  ])('a file that was %s is left, and the gap stays visible', async (_, damage) => {
    const files = record()
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    await open.open(requestEntry('a-2'))
    const [name = ''] = readdirSync(files.dir)
    damage(join(files.dir, name))
    await expect(open.open(requestEntry('a-3'))).rejects.toThrow('the record cannot be written')
    await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 5000, interval: 20 })
    await open.open(requestEntry('a-4'))
    await open.stop()
    expect(readdirSync(files.dir)).toHaveLength(2)
    expect(await verifyTest(files)).toMatchObject({ kind: 'broken' })
    expect(await findRequest(files.dir, 'a-4')).not.toBeNull()
  })

  test('an outage is reported once, however often it is tried again', async () => {
    const files = record()
    const asked = { times: 0 }
    const clock = () => {
      asked.times += 1
      return Date.now()
    }
    const open = await files.open({ clock })
    rmSync(files.dir, { recursive: true })
    writeFileSync(files.dir, 'in the way')
    await expect(open.open(requestEntry('a-1'))).rejects.toThrow('the record cannot be written')
    const before = asked.times
    // Every attempt asks for the time, and so does every tick.
    await vi.waitFor(() => expect(asked.times).toBeGreaterThan(before + 5), {
      timeout: 9000,
      interval: 20,
    })
    expect(files.reports).toHaveLength(1)
    rmSync(files.dir)
    await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 9000, interval: 20 })
    await open.stop()
    expect(files.reports.map((report) => report.split(':')[0])).toEqual(['error', 'info'])
  })

  test('the end of a change is written later when it cannot be written now', async () => {
    const files = record()
    const open = await files.open()
    const change = await open.open(requestEntry('a-1'))
    rmSync(files.dir, { recursive: true })
    await expect(open.close(change, 'done', null)).rejects.toThrow('the record cannot be written')
    await expect(open.close({ requestId: 'a-0' }, 'done', null)).rejects.toThrow(
      'the record cannot be written',
    )
    await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 5000, interval: 20 })
    await open.stop()
    const entries = (await listRecord(files.dir, ALL)).map(({ entry }) => entry)
    expect(entries.filter(({ kind }) => kind === 'closed')).toHaveLength(2)
  })

  test('an outage holds a bounded number of entries, and the record says how many it lost', async () => {
    const files = record()
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    rmSync(files.dir, { recursive: true })
    await expect(open.open(requestEntry('a-2'))).rejects.toThrow('the record cannot be written')
    for (let index = 0; index < 100_007; index += 1)
      open.note({ at: index, event: 'x', by: null, facts: {} })
    await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 5000, interval: 20 })
    await open.stop()
    expect(recordText(files)).toContain('"event":"record.lost","by":null,"facts":{"entries":7}')
  })

  test('a stopped record refuses changes', async () => {
    const open = await record().open()
    await open.stop()
    expect(open.writable).toBe(false)
    await expect(open.open(requestEntry('a-1'))).rejects.toThrow('the record cannot be written')
  })
})

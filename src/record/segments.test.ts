import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { requestEntry, verifyTest } from './record.fixture.ts'
import { findRequest } from './read.ts'
import { testRecords } from './test-records.fixture.ts'

const record = testRecords()

describe('files', () => {
  test('R62: the folder is 0700 and every file 0600, also when somebody had widened them', async () => {
    const files = record()
    const first = await files.open()
    first.note({ at: 1, event: 'gateway.start', by: null, facts: {} })
    await first.stop()
    chmodSync(files.dir, 0o755)
    const [name = ''] = readdirSync(files.dir)
    chmodSync(join(files.dir, name), 0o644)
    const second = await files.open()
    expect(statSync(files.dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(files.dir, name)).mode & 0o777).toBe(0o600)
    await second.stop()
  })

  test('files rotate by size, the oldest are dropped whole at the cap, and the rest still verifies', async () => {
    const files = record()
    const open = await files.open({ maxBytes: 80_000 })
    for (let index = 0; index < 600; index += 1) await open.open(requestEntry(`a-${index}`))
    const total = readdirSync(files.dir).reduce(
      (sum, name) => sum + statSync(join(files.dir, name)).size,
      0,
    )
    expect(total).toBeLessThanOrEqual(80_000)
    expect(readdirSync(files.dir).length).toBeGreaterThan(4)
    const head = files.heads.load()
    expect(head?.firstSequence).toBeGreaterThan(100)
    await open.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact', from: head?.firstSequence })
    const again = await files.open({ maxBytes: 80_000 })
    await again.open(requestEntry('b-1'))
    await again.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact' })
    expect(await findRequest(files.dir, 'a-0')).toBeNull()
    expect(files.reports).toEqual([])
  })

  test('a head that cannot be saved keeps the oldest files, and is reported once', async () => {
    const saved = record()
    const heads = { load: () => null, save: () => Promise.reject(new Error('store is down')) }
    const open = await saved.open({ heads, maxBytes: 8000 })
    for (let index = 0; index < 60; index += 1) await open.open(requestEntry(`a-${index}`))
    await open.stop()
    expect(await findRequest(saved.dir, 'a-0')).not.toBeNull()
    expect(saved.reports).toEqual(["error: The record's head cannot be saved: store is down"])
  })

  test('files that an interrupted drop left are removed at the next start', async () => {
    const files = record()
    const open = await files.open({ maxBytes: 20_000 })
    for (let index = 0; index < 20; index += 1) await open.open(requestEntry(`a-${index}`))
    const [oldest = ''] = readdirSync(files.dir).sort()
    const kept = readFileSync(join(files.dir, oldest))
    for (let index = 20; index < 90; index += 1) await open.open(requestEntry(`a-${index}`))
    await open.stop()
    expect(readdirSync(files.dir)).not.toContain(oldest)
    const second = readdirSync(files.dir).sort()[0] ?? ''
    writeFileSync(join(files.dir, oldest), kept)
    const again = await files.open()
    expect(readdirSync(files.dir).sort()[0]).toBe(second)
    await again.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact' })
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { requestEntry, testRecord } from '../record/record.fixture.ts'
import { openMeta } from './meta.ts'
import { openStore } from './open.ts'
import { metaHeads } from './record-head.ts'

const at = { dir: '' }
beforeEach(() => {
  at.dir = mkdtempSync(join(tmpdir(), 'record-head-'))
})
afterEach(() => rmSync(at.dir, { recursive: true, force: true }))

const HEAD = { sequence: 1, hash: 'a', firstSequence: 1, firstPrevious: 'b', hmac: 'c' }

it('the record is written again after two starts in a row that wrote nothing, as after two kills', async () => {
  const store = await openStore(at.dir)
  const heads = metaHeads(await openMeta(store))
  const files = testRecord(at.dir, { heads })
  const first = await files.open()
  await first.open(requestEntry('a-1'))
  await first.stop()
  // Killed before it wrote a line: all that it saved is the head that it found.
  await files.open()
  const third = await files.open()
  await third.open(requestEntry('a-2'))
  expect(third.writable).toBe(true)
  expect(files.reports).toEqual([])
  await third.stop()
  await store.close()
})

it('a head that an earlier version saved with more in it is read', async () => {
  const store = await openStore(at.dir)
  const meta = await openMeta(store)
  await meta.set('record.head', JSON.stringify({ ...HEAD, entry: { type: 'Buffer', data: [] } }))
  expect(metaHeads(meta).load()).toEqual(HEAD)
  await meta.set('record.head', '{}')
  expect(() => metaHeads(meta).load()).toThrow()
  await store.close()
})

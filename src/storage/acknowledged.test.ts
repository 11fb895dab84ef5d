/** A write is acknowledged after the log was synced, never before, and not at all when the sync failed. */
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openMeta, type Meta } from './meta.ts'
import { openStore, type Store } from './open.ts'

const state: { dir: string; store: Store | null } = { dir: '', store: null }

beforeEach(async () => {
  state.dir = await mkdtemp(join(tmpdir(), 'acknowledged-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await state.store?.close()
  await rm(state.dir, { recursive: true })
})

/** The kernel's sync, in the hands of the test. */
async function syncInHand() {
  const file = await open(state.dir, 'r')
  const prototype: FileHandle = Object.getPrototypeOf(file)
  await file.close()
  const sync = Promise.withResolvers<void>()
  const datasync = vi.spyOn(prototype, 'datasync').mockReturnValue(sync.promise)
  return { sync, datasync }
}

async function openedMeta(): Promise<Meta> {
  state.store = await openStore(state.dir)
  return openMeta(state.store)
}

it('waits for the disk', async () => {
  const meta = await openedMeta()
  const { sync, datasync } = await syncInHand()
  const done: string[] = []
  const writing = meta.set('head', '1').then(() => done.push('acknowledged'))
  await expect.poll(() => datasync.mock.calls.length).toBe(1)
  expect(done).toEqual([])
  expect(meta.get('head')).toBeNull()

  sync.resolve()
  await writing
  expect(meta.get('head')).toBe('1')
})

it('says no for good once a sync has failed, since a later one could not be believed', async () => {
  const meta = await openedMeta()
  const { sync, datasync } = await syncInHand()
  sync.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }))
  await expect(meta.set('head', '1')).rejects.toThrow('cannot be read or written')
  await expect(meta.set('head', '2')).rejects.toThrow('restart the gateway')
  expect(datasync).toHaveBeenCalledTimes(1)
  expect(meta.get('head')).toBeNull()
  const rows = await state.store?.read((db) => db.selectFrom('meta').selectAll().execute())
  expect(rows).not.toContainEqual({ name: 'head', value: '2' })
})

it('refuses to keep what is no text, number or null', async () => {
  await openedMeta()
  const odd = { name: 'x', value: JSON.parse('true') }
  const write = state.store?.write((db) => db.insertInto('meta').values(odd).execute())
  await expect(write).rejects.toThrow('a boolean cannot be stored')
})

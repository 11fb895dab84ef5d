/** Who waits for the disk shares a sync, but never one that began before the write. */
import { expect, it } from 'vitest'
import { SyncBatch } from './sync-batch.ts'

function disk() {
  const syncs: PromiseWithResolvers<void>[] = []
  const batch = new SyncBatch(() => {
    const sync = Promise.withResolvers<void>()
    syncs.push(sync)
    return sync.promise
  })
  return { batch, syncs }
}

it('gives all that come while one runs the next one, and no more than that', async () => {
  const { batch, syncs } = disk()
  const first = batch.settled()
  const late = [batch.settled(), batch.settled(), batch.settled()]
  const done: string[] = []
  void Promise.all(late).then(() => done.push('late'))

  expect(syncs).toHaveLength(1)
  syncs[0]?.resolve()
  await first
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toEqual([])
  expect(syncs).toHaveLength(2)

  syncs[1]?.resolve()
  await Promise.all(late)
  const again = batch.settled()
  expect(syncs).toHaveLength(3)
  syncs[2]?.resolve()
  await again
})

it('that failed once is never trusted again', async () => {
  const { batch, syncs } = disk()
  const first = batch.settled()
  const second = batch.settled()
  syncs[0]?.reject(new Error('EIO'))
  await expect(first).rejects.toThrow('EIO')
  await expect(second).rejects.toThrow('EIO')
  await expect(batch.settled()).rejects.toThrow('EIO')
  expect(batch.failed).toBe(true)
  expect(syncs).toHaveLength(1)
})

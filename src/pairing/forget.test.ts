/** Removed devices are forgotten when an administrator says so: those that were meant, on disk too, and none unasked. */
import { describe, expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { forget } from './forget.ts'
import { remove, rename, revoke } from './manage.ts'
import { memoryMedium, sqliteMedium } from './model-media.fixture.ts'
import { byToken, HELPER, idOf, LAPTOP, OWNER, pair, PHONE, wish } from './people.fixture.ts'
import { approveUnasked } from './resolve.ts'
import type { PairingChange } from './types.ts'

const ALL = { removedBefore: null, dryRun: false }
const ROOM = { most: 9, mostRemoved: 2 }
const TABLET = idOf('tablet')
const unasked = (desk: ReturnType<typeof memoryDesk>['desk'], device: string) =>
  approveUnasked(desk, wish({ device }), 'gateway:unasked')

/** The phone was removed at 1,000 and the laptop at 2,000; the tablet is approved. */
async function removedTwo(options: Parameters<typeof memoryDesk>[0] = {}) {
  const time = { now: 1_000 }
  const parts = memoryDesk({ room: ROOM, ...options, clock: () => time.now })
  for (const device of [PHONE, LAPTOP, TABLET]) await pair(parts.desk, { device })
  await remove(parts.desk, PHONE, OWNER)
  time.now = 2_000
  await remove(parts.desk, LAPTOP, OWNER)
  return parts
}

test('makes room for new devices, and a forgotten one is a new one', async () => {
  const { desk } = await removedTwo()
  expect([await unasked(desk, idOf('new')), await unasked(desk, PHONE)]).toEqual([
    'crowded',
    'changed',
  ])
  expect(await forget(desk, ALL, OWNER)).toEqual({ kind: 'forgotten', forgotten: 2, remembered: 0 })
  expect(desk.book.counts.removed).toBe(0)
  expect([await unasked(desk, idOf('new')), await unasked(desk, PHONE)]).toEqual([
    'approved',
    'approved',
  ])
})

test.each([
  [1_000, 0],
  [1_001, 1],
  [2_000, 1],
  [2_001, 2],
])('of those removed before %i it is %i', async (removedBefore, forgotten) => {
  const { desk } = await removedTwo()
  const said = { kind: 'forgotten', forgotten, remembered: 2 - forgotten }
  expect(await forget(desk, { removedBefore, dryRun: false }, OWNER)).toEqual(said)
  expect(desk.book.find(PHONE) === null).toBe(forgotten > 0)
  expect(desk.book.find(LAPTOP) === null).toBe(forgotten > 1)
})

test('a dry run says the same, and changes and writes nothing', async () => {
  const { desk, written } = await removedTwo()
  const before = written.length
  const said = { kind: 'forgotten', forgotten: 2, remembered: 0 }
  expect(await forget(desk, { ...ALL, dryRun: true }, OWNER)).toEqual(said)
  expect([written.length, desk.book.counts.removed]).toEqual([before, 2])
})

test('nothing that was only revoked, and no row that could not be read, is forgotten', async () => {
  const { desk: first } = await removedTwo()
  await revoke(first, { deviceId: TABLET, role: 'operator' }, OWNER)
  const [tablet, phone] = [first.book.find(TABLET), first.book.find(PHONE)]
  if (tablet === null || phone === null) throw new Error('they are not there')
  const unreadable = { ...phone, id: LAPTOP, publicKey: '', removedAt: 0 }
  const saved = { devices: [tablet, phone, unreadable], requests: [], setupCodes: [] }
  const { desk } = memoryDesk({ saved })
  const said = { kind: 'forgotten', forgotten: 1, remembered: 1 }
  expect(await forget(desk, { removedBefore: 9_000, dryRun: false }, OWNER)).toEqual(said)
  expect([TABLET, LAPTOP].map((id) => desk.book.find(id)?.barred)).toEqual([
    ['operator'],
    ['operator'],
  ])
})

test.each([
  ['whoever may pair', HELPER],
  ['a device of theirs', byToken(TABLET, 'operator.pairing')],
  ['an administrator whose device was revoked meanwhile', byToken(PHONE, 'operator.admin')],
])('%s forgets nothing', async (_who, actor) => {
  const { desk } = await removedTwo()
  expect(await forget(desk, ALL, actor)).toEqual({ kind: 'denied' })
  expect(desk.book.counts.removed).toBe(2)
})

describe('on disk', () => {
  test.each([
    ['in memory', memoryMedium],
    ['in the store', sqliteMedium],
  ])('%s they are gone, and all others are there', async (_where, make) => {
    const medium = await make()
    const write = (change: PairingChange) => medium.save(change)
    const { desk } = await removedTwo({ write })
    await rename(desk, { deviceId: TABLET, label: 'mine' }, OWNER)
    await forget(desk, ALL, OWNER)
    expect((await medium.reopen()).devices).toEqual([desk.book.find(TABLET)])
    await medium.close()
  })

  test('that takes nothing they stay remembered', async () => {
    const disk = { full: false }
    const { desk } = await removedTwo({
      write: async () => {
        if (disk.full) throw new Error('the disk is full')
      },
    })
    disk.full = true
    await expect(forget(desk, ALL, OWNER)).rejects.toThrow('the disk is full')
    expect(desk.book.counts.removed).toBe(2)
    expect(await unasked(desk, PHONE)).toBe('changed')
  })

  test('a removal that was owed to it is written first, and does not come back', async () => {
    const medium = memoryMedium()
    const disk = { full: false }
    const { desk } = await removedTwo({
      async write(change) {
        if (disk.full) throw new Error('the disk is full')
        await medium.save(change)
      },
    })
    disk.full = true
    await expect(remove(desk, TABLET, OWNER)).rejects.toThrow('the disk is full')
    disk.full = false
    await forget(desk, ALL, OWNER)
    expect((await medium.reopen()).devices).toEqual([])
  })
})

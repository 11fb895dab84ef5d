/** Devices that are let in without anybody being asked: how many, and what becomes of the next one. */
import { expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { remove, rename, revoke } from './manage.ts'
import { memoryMedium } from './model-media.fixture.ts'
import { idOf, LAPTOP, OWNER, pair, PHONE, requestOf, wish } from './people.fixture.ts'
import { approve, approveUnasked } from './resolve.ts'
import type { PairedDevice, PairingChange } from './types.ts'

const ROOM = { most: 2, mostRemoved: 2 }
const TABLET = idOf('tablet')
const WATCH = idOf('watch')

function crowdedDesk() {
  const parts = memoryDesk({ room: ROOM })
  return { ...parts, unasked: unaskedAt(parts.desk) }
}

function unaskedAt(desk: ReturnType<typeof memoryDesk>['desk']) {
  return (device: string, more: Parameters<typeof wish>[0] = {}) =>
    approveUnasked(desk, wish({ ...more, device }), 'gateway:unasked')
}

test('beyond so many a new device is not let in, and nothing is written or told', async () => {
  const { unasked, desk, written, events } = crowdedDesk()
  expect([await unasked(PHONE), await unasked(LAPTOP)]).toEqual(['approved', 'approved'])
  const before = [written.length, events.length]
  expect(await unasked(TABLET)).toBe('crowded')
  expect(desk.book.find(TABLET)).toBeNull()
  expect([written.length, events.length]).toEqual(before)
})

test('of a hundred that come at once as many are let in as may be', async () => {
  const { unasked } = crowdedDesk()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => unasked(idOf(`device ${index}`))),
  )
  expect(answers.filter((answer) => answer === 'approved')).toHaveLength(2)
})

test('a device that is known gets its broader scopes all the same', async () => {
  const { unasked } = crowdedDesk()
  await unasked(PHONE)
  await unasked(LAPTOP)
  const approved = [{ role: 'operator' as const, scopes: ['operator.read' as const] }]
  expect(await unasked(PHONE, { scopes: ['operator.write'], approved })).toBe('approved')
})

test('what somebody approved by hand takes no room, nor what they approved later', async () => {
  const { desk, unasked } = crowdedDesk()
  for (const name of ['a', 'b', 'c']) await pair(desk, { device: idOf(name) })
  await unasked(PHONE)
  await unasked(LAPTOP)
  await pair(desk, { device: PHONE, scopes: ['operator.write'] })
  expect(await unasked(TABLET)).toBe('approved')
  expect(await unasked(WATCH)).toBe('crowded')
})

test('a revoked one takes its room, a removed one leaves it until so many are removed', async () => {
  const { desk, unasked } = crowdedDesk()
  await unasked(PHONE)
  await unasked(LAPTOP)
  await revoke(desk, { deviceId: PHONE, role: 'operator' }, OWNER)
  expect(await unasked(TABLET)).toBe('crowded')
  await remove(desk, PHONE, OWNER)
  expect(await unasked(TABLET)).toBe('approved')
  await remove(desk, LAPTOP, OWNER)
  expect(await unasked(WATCH)).toBe('crowded')
})

test('a removed device is let in unasked never, however many were removed after it (R15)', async () => {
  const { desk, unasked } = crowdedDesk()
  for (const name of ['first', 'second', 'third', 'fourth']) {
    await pair(desk, { device: idOf(name) })
    await remove(desk, idOf(name), OWNER)
  }
  for (const name of ['first', 'second', 'third', 'fourth']) {
    expect(desk.book.find(idOf(name))?.barred).toEqual(['operator'])
    expect(await unasked(idOf(name))).toBe('changed')
  }
})

test('approving a removed device again makes room', async () => {
  const { desk, unasked } = crowdedDesk()
  for (const device of [PHONE, LAPTOP]) {
    await pair(desk, { device })
    await remove(desk, device, OWNER)
  }
  expect(await unasked(TABLET)).toBe('crowded')
  const requestId = await requestOf(desk, { device: PHONE })
  await approve(desk, { requestId, expiresAt: null }, OWNER)
  expect(await unasked(TABLET)).toBe('approved')
})

test('what was counted is counted the same after a restart, and after other changes', async () => {
  const medium = memoryMedium()
  const write = (change: PairingChange) => medium.save(change)
  const { desk } = memoryDesk({ room: ROOM, write })
  await unaskedAt(desk)(PHONE)
  await unaskedAt(desk)(LAPTOP)
  await rename(desk, { deviceId: LAPTOP, label: 'mine' }, OWNER)
  await remove(desk, PHONE, OWNER)
  const again = memoryDesk({ room: ROOM, saved: await medium.reopen() }).desk
  expect([desk.book.counts, again.book.counts]).toEqual([
    { unasked: 1, removed: 1 },
    { unasked: 1, removed: 1 },
  ])
})

test('ten thousand are let in unasked where nothing else is said', async () => {
  const first = memoryDesk()
  await unaskedAt(first.desk)(PHONE)
  const phone = first.desk.book.find(PHONE)
  const devices = Array.from({ length: 9_999 }, (_, index): PairedDevice[] =>
    phone === null ? [] : [{ ...phone, id: idOf(`${index}`), grants: [] }],
  ).flat()
  const unasked = unaskedAt(memoryDesk({ saved: { devices, requests: [], setupCodes: [] } }).desk)
  expect([await unasked(PHONE), await unasked(LAPTOP)]).toEqual(['approved', 'crowded'])
})

test('nothing is kept of a removed device but its key, and what was taken away', async () => {
  const { desk } = memoryDesk({ clock: () => 1_000 })
  await pair(desk, { role: 'node', scopes: [] })
  await rename(desk, { deviceId: PHONE, label: 'a name of somebody' }, OWNER)
  await remove(desk, PHONE, OWNER)
  const kept = desk.book.find(PHONE)
  expect(kept).toMatchObject({ publicKey: `key of ${PHONE}`, barred: ['node'], removedAt: 1_000 })
  const text = JSON.stringify(kept)
  expect(text).not.toMatch(/somebody|203\.0\.113|linux|"cli"/)
  expect(text.length).toBeLessThan(700)
})

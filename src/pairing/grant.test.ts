/** What an approval makes of a device: exactly what was approved, in the role that it was approved for. */
import { expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { heldBy, OWNER, pair, PHONE, requestOf } from './people.fixture.ts'
import { remove, revoke, rotate } from './manage.ts'
import { approve } from './resolve.ts'

test('a first approval gives exactly what was asked for', async () => {
  const { desk } = memoryDesk()
  await pair(desk, { scopes: ['operator.write'] })
  expect(heldBy(desk)).toEqual(['operator: operator.write'])
})

test('an approval of another role leaves the first as it is', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await pair(desk, { role: 'node', scopes: [] })
  expect(heldBy(desk)).toEqual(['operator: operator.read', 'node:'])
})

test('an approval in force that is changed keeps its token, so that nobody is cut off', async () => {
  const { desk } = memoryDesk()
  const [before] = (await pair(desk)).grants
  const [after] = (await pair(desk, { scopes: ['operator.read', 'operator.write'] })).grants
  expect(after?.token).toEqual(before?.token)
  expect(after?.id).toBe(before?.id)
})

test.each(['revoked', 'removed', 'expired'])(
  'after one that was %s a new one begins: the old token stays dead',
  async (how) => {
    const time = { now: 1_000 }
    const { desk } = memoryDesk({ clock: () => time.now })
    const [before] = (await pair(desk, { expiresAt: 2_000 })).grants
    if (how === 'revoked') await revoke(desk, { deviceId: PHONE, role: 'operator' }, OWNER)
    if (how === 'removed') await remove(desk, PHONE, OWNER)
    if (how === 'expired') time.now = 3_000
    const [after] = (await pair(desk)).grants
    expect(after?.id).not.toBe(before?.id)
    expect(after?.token.digest).not.toBe(before?.token.digest)
    expect(desk.book.findToken(before?.token.digest ?? '')).toBeNull()
  },
)

test('an approval in force that is changed during a rotation keeps both tokens', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await rotate(desk, { deviceId: PHONE, role: 'operator', scopes: null }, OWNER)
  const [before] = desk.book.find(PHONE)?.grants ?? []
  const [after] = (await pair(desk, { scopes: ['operator.write'] })).grants
  expect([after?.token, after?.next]).toEqual([before?.token, before?.next])
})

test.each(['revoked', 'narrowed'])(
  'what was %s in one role is not given back by an approval of another (R15)',
  async (how) => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.read', 'operator.write'] })
    const place = { deviceId: PHONE, role: 'operator' as const }
    if (how === 'revoked') await revoke(desk, place, OWNER)
    else await rotate(desk, { ...place, scopes: ['operator.read'] }, OWNER)
    await pair(desk, { role: 'node', scopes: [] })
    expect(desk.book.find(PHONE)?.barred).toEqual(['operator'])
  },
)

test('an approval of that role gives it back', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await revoke(desk, { deviceId: PHONE, role: 'operator' }, OWNER)
  await pair(desk)
  expect(desk.book.find(PHONE)?.barred).toEqual([])
})

test('a device that was removed is barred from every role that it had', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await pair(desk, { role: 'node', scopes: [] })
  await remove(desk, PHONE, OWNER)
  expect(desk.book.find(PHONE)).toMatchObject({ grants: [], barred: ['operator', 'node'] })
  await pair(desk, { role: 'node', scopes: [] })
  expect(desk.book.find(PHONE)).toMatchObject({ removedAt: null, barred: ['operator'] })
})

test('it is written who approved, and until when', async () => {
  const { desk } = memoryDesk({ clock: () => 1_000 })
  const requestId = await requestOf(desk)
  await approve(desk, { requestId, expiresAt: 9_000 }, OWNER)
  expect(desk.book.find(PHONE)?.grants).toMatchObject([
    { expiresAt: 9_000, approvedAt: 1_000, approvedBy: 'owner:owner' },
  ])
})

/** How a request ends: who may end it, and that its end is the end. */
import { describe, expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { remove, revoke, rotate } from './manage.ts'
import {
  byToken,
  heldBy,
  HELPER,
  LAPTOP,
  OWNER,
  pair,
  PHONE,
  requestOf,
  wish,
} from './people.fixture.ts'
import { approve, approveUnasked, reject } from './resolve.ts'

const STALE = 300_000

describe('approving', () => {
  test('gives exactly what the request shows, and tells that it is over', async () => {
    const { desk, events } = memoryDesk()
    const requestId = await requestOf(desk, { scopes: ['operator.write', 'operator.tools'] })
    const answer = await approve(desk, { requestId, expiresAt: null }, OWNER)
    expect(answer.kind).toBe('approved')
    expect(heldBy(desk)).toEqual(['operator: operator.write operator.tools'])
    expect(events.at(-1)).toEqual({
      kind: 'resolved',
      requestId,
      deviceId: PHONE,
      decision: 'approved',
    })
  })

  test('names the first scope that the approver lacks, and changes nothing (R11)', async () => {
    const { desk, written } = memoryDesk()
    const requestId = await requestOf(desk, { scopes: ['operator.read', 'operator.tools'] })
    const before = written.length
    expect(await approve(desk, { requestId, expiresAt: null }, HELPER)).toEqual({
      kind: 'missing-scope',
      scope: 'operator.tools',
    })
    expect(written).toHaveLength(before)
    expect(heldBy(desk)).toEqual([])
  })

  test.each([
    ['an administrator', OWNER, 'unknown'],
    ['a helper', HELPER, 'denied'],
    ['a device', byToken(PHONE, 'operator.pairing'), 'denied'],
  ])('a request that there is not: %s hears %s', async (_who, actor, kind) => {
    const { desk } = memoryDesk()
    expect(await approve(desk, { requestId: 'no such', expiresAt: null }, actor)).toEqual({ kind })
  })

  test("another device's request and one that is not there sound alike to a device (R13)", async () => {
    const { desk } = memoryDesk()
    const requestId = await requestOf(desk)
    const stranger = byToken(LAPTOP, 'operator.read', 'operator.pairing')
    const theirs = await approve(desk, { requestId, expiresAt: null }, stranger)
    expect(await approve(desk, { requestId: 'no such', expiresAt: null }, stranger)).toEqual(theirs)
  })

  test.each(['approved', 'rejected', 'replaced', 'stale', 'revoked with its device', 'removed'])(
    'a request that was %s approves nothing any more (R12)',
    async (how) => {
      const time = { now: 1_000_000 }
      const { desk } = memoryDesk({ clock: () => time.now })
      await pair(desk)
      const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
      if (how === 'approved') await approve(desk, { requestId, expiresAt: null }, OWNER)
      if (how === 'rejected') await reject(desk, requestId, OWNER)
      if (how === 'replaced') {
        time.now += 10_000
        await requestOf(desk, { scopes: ['operator.write'] })
      }
      if (how === 'stale') time.now += STALE
      if (how.startsWith('revoked'))
        await revoke(desk, { deviceId: PHONE, role: 'operator' }, OWNER)
      if (how === 'removed') await remove(desk, PHONE, OWNER)
      const before = heldBy(desk)
      expect(await approve(desk, { requestId, expiresAt: null }, OWNER)).toEqual({
        kind: 'unknown',
      })
      expect(heldBy(desk)).toEqual(before)
    },
  )
})

describe('rejecting', () => {
  test('ends the request and leaves the approval that the device has', async () => {
    const { desk, events } = memoryDesk()
    await pair(desk)
    const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
    expect(await reject(desk, requestId, HELPER)).toEqual({ kind: 'rejected', deviceId: PHONE })
    expect(heldBy(desk)).toEqual(['operator: operator.read'])
    expect(events.at(-1)).toMatchObject({ requestId, decision: 'rejected' })
  })

  test.each([
    ['the owner', OWNER, 'unknown'],
    ['a helper', HELPER, 'unknown'],
    ['a device', byToken(PHONE, 'operator.pairing'), 'denied'],
    ["an administrator's device", byToken(PHONE, 'operator.admin'), 'unknown'],
    ['a device that was revoked meanwhile', byToken(LAPTOP, 'operator.admin'), 'denied'],
  ])('what is not there: %s hears %s', async (_who, actor, kind) => {
    const { desk } = memoryDesk()
    await pair(desk)
    expect(await reject(desk, 'no such', actor)).toEqual({ kind })
  })

  test("another device's request is denied to a device, and lives on", async () => {
    const { desk } = memoryDesk()
    const requestId = await requestOf(desk)
    const answer = await reject(desk, requestId, byToken(LAPTOP, 'operator.pairing'))
    expect(answer).toEqual({ kind: 'denied' })
    expect(desk.book.request(requestId)).not.toBeNull()
  })
})

describe('approving unasked', () => {
  const unasked = (desk: ReturnType<typeof memoryDesk>['desk'], what: Parameters<typeof wish>[0]) =>
    approveUnasked(desk, wish(what), 'gateway:unasked')

  test('gives what the decision said, and ends what waits', async () => {
    const { desk, events } = memoryDesk()
    const requestId = await requestOf(desk)
    expect(await unasked(desk, { scopes: ['operator.write'] })).toBe('approved')
    expect(heldBy(desk)).toEqual(['operator: operator.write'])
    expect(events.at(-1)).toMatchObject({ requestId, decision: 'approved' })
  })

  test('an approval that ends keeps its end when it grows', async () => {
    const { desk } = memoryDesk({ clock: () => 1_000 })
    await pair(desk, { expiresAt: 5_000 })
    const approved = [{ role: 'operator' as const, scopes: ['operator.read' as const] }]
    await unasked(desk, { scopes: ['operator.write'], approved })
    expect(desk.book.find(PHONE)?.grants).toMatchObject([{ expiresAt: 5_000 }])
  })

  test.each(['revoked', 'removed', 'narrowed', 'expired', 'given another role', 'widened'])(
    'a device that was %s since the decision is decided about again',
    async (how) => {
      const time = { now: 1_000 }
      const { desk } = memoryDesk({ clock: () => time.now })
      await pair(desk, { scopes: ['operator.read', 'operator.tools'], expiresAt: 5_000 })
      const decided = {
        scopes: ['operator.write' as const],
        approved: (desk.book.find(PHONE)?.grants ?? []).map(({ role, scopes }) => ({
          role,
          scopes,
        })),
      }
      const place = { deviceId: PHONE, role: 'operator' as const }
      if (how === 'revoked') await revoke(desk, place, OWNER)
      if (how === 'removed') await remove(desk, PHONE, OWNER)
      if (how === 'narrowed') await rotate(desk, { ...place, scopes: ['operator.read'] }, OWNER)
      if (how === 'expired') time.now = 5_000
      if (how.startsWith('given')) await pair(desk, { role: 'node', scopes: [] })
      if (how === 'widened') await pair(desk, { scopes: ['operator.admin'] })
      const before = desk.book.find(PHONE)
      expect(await unasked(desk, decided)).toBe('changed')
      expect(desk.book.find(PHONE)).toEqual(before)
    },
  )

  test('of two connects of a new device, in two roles, one is let in unasked: never another role (SPEC 4)', async () => {
    const { desk } = memoryDesk()
    const answers = await Promise.all([
      unasked(desk, { scopes: ['operator.admin'] }),
      unasked(desk, { role: 'node', scopes: [] }),
    ])
    expect(answers).toEqual(['approved', 'changed'])
    expect(heldBy(desk)).toEqual(['operator: operator.admin'])
  })
})

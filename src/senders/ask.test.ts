/** Strangers who ask: their code, what they hear and how often, and how many may wait. */
import { describe, expect, test } from 'vitest'
import { isOver, pairingReply } from './ask.ts'
import { newCode, readCode } from './code.ts'
import {
  asks,
  byId,
  DISCORD,
  HOUR,
  memoryDesk,
  MINUTE,
  NOW,
  OWNER,
  requestOf,
  SECOND,
  TELEGRAM,
} from './desk.fixture.ts'
import { approveSender, inviteSender, rejectSender } from './resolve.ts'

describe('a code', () => {
  test('has six characters, none of which looks like another', () => {
    const seen = new Set(Array.from({ length: 2_000 }, () => newCode(() => false)).join(''))
    expect([...seen].sort().join('')).toBe('23456789ABCDEFGHJKMNPQRSTUVWXYZ')
    expect(newCode(() => false)).toHaveLength(6)
  })
  test('is none that another stranger was told', () => {
    const refused: string[] = []
    const code = newCode((one) => refused.length < 3 && refused.push(one) > 0)
    expect(refused).toHaveLength(3)
    expect(refused).not.toContain(code)
  })
  test('may be typed in lower case, with blanks around', () => {
    expect(readCode(' abc234\n')).toBe('ABC234')
  })
  test('is told in the words of SPEC 5', () => {
    expect(pairingReply({ code: 'ABC234' })).toBe('Pairing required. Code: ABC234')
  })
})

describe('a stranger', () => {
  test('is told a code once, and hears nothing more that hour', async () => {
    const { desk, time } = memoryDesk()
    const first = await requestOf(desk, 'stranger')
    time.now += HOUR - 1
    expect(await asks(desk, 'stranger')).toEqual({ kind: 'known' })

    time.now += 1
    const second = await requestOf(desk, 'stranger')
    expect(second.code).not.toBe(first.code)
    expect(desk.book.requests()).toEqual([second])
  })

  test('whose reply did not go out is told the same code when they write again', async () => {
    const { desk } = memoryDesk()
    const first = await asks(desk, 'stranger')
    expect(await asks(desk, 'stranger')).toEqual({ ...first, change: null })
  })

  test('who was rejected hears nothing for the hour, and may ask anew after it', async () => {
    const { desk, time } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    await rejectSender(desk, byId(request), OWNER)
    expect(await asks(desk, 'stranger')).toEqual({ kind: 'known' })
    time.now += HOUR
    expect((await requestOf(desk, 'stranger')).requestId).not.toBe(request.requestId)
  })

  test('is somebody else on another account and on another network', async () => {
    const { desk } = memoryDesk()
    const codes = [
      await requestOf(desk, 'stranger'),
      await requestOf(desk, 'stranger', { at: SECOND }),
      await requestOf(desk, 'stranger', { at: DISCORD }),
    ].map(({ code }) => code)
    expect(new Set(codes).size).toBe(3)
  })
})

test.each([HOUR, HOUR + 1, -HOUR, -HOUR - 1])(
  'a request is over when the clock is %i ms from where it was',
  (ms) => {
    expect(isOver({ createdAt: NOW }, NOW + ms)).toBe(true)
  },
)
test.each([0, HOUR - 1, 1 - HOUR])('and waits at %i ms', (ms) => {
  expect(isOver({ createdAt: NOW }, NOW + ms)).toBe(false)
})

describe('R20: three may wait', () => {
  async function crowded() {
    const all = memoryDesk()
    const waiting = [
      await requestOf(all.desk, 'a'),
      await requestOf(all.desk, 'b'),
      await requestOf(all.desk, 'c'),
    ] as const
    return { ...all, waiting }
  }

  test('the fourth hears nothing, and nothing is kept of them', async () => {
    const { desk, written } = await crowded()
    const before = written.length
    expect(await asks(desk, 'd')).toEqual({ kind: 'full', change: null })
    expect(written).toHaveLength(before)
    expect(desk.book.requests().map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  test('on each account: a flood of one fills no other', async () => {
    const { desk } = await crowded()
    expect((await asks(desk, 'd', { at: SECOND })).kind).toBe('tell')
    expect((await asks(desk, 'd', { at: DISCORD })).kind).toBe('tell')
  })

  test('one who waits is not turned away by the crowd', async () => {
    const { desk } = await crowded()
    expect(await asks(desk, 'b')).toEqual({ kind: 'known' })
  })

  test('who was approved or rejected makes room', async () => {
    const { desk, waiting } = await crowded()
    await approveSender(desk, { name: byId(waiting[0]), expiresAt: null }, OWNER)
    await requestOf(desk, 'd')
    expect((await asks(desk, 'e')).kind).toBe('full')
    await rejectSender(desk, byId(waiting[1]), OWNER)
    await requestOf(desk, 'e')
    expect((await asks(desk, 'f')).kind).toBe('full')
  })

  test('an hour makes room, and what is over goes on the way', async () => {
    const { desk, time, waiting, written } = await crowded()
    time.now += HOUR
    await requestOf(desk, 'd')
    expect(desk.book.requests().map(({ id }) => id)).toEqual(['d'])
    const resolved = written.flatMap((change) => change.resolved ?? [])
    expect(resolved.sort()).toEqual(waiting.map(({ requestId }) => requestId).sort())
  })

  test('the owner may let somebody in who has not written yet', async () => {
    const { desk } = await crowded()
    await inviteSender(desk, { sender: { ...TELEGRAM, id: 'friend' }, expiresAt: null }, OWNER)
    expect(desk.book.find({ ...TELEGRAM, id: 'friend' })).toMatchObject({ via: 'invite' })
  })
})

describe('a name of the list', () => {
  test('is held by whoever asked under it first, until their hour is over', async () => {
    const { desk, time } = memoryDesk()
    await requestOf(desk, 'first', { entry: 'alice' })
    time.now += HOUR - 1
    expect(desk.book.bearerOf(TELEGRAM, 'alice', time.now)).toBe('first')
    time.now += 1
    expect(desk.book.bearerOf(TELEGRAM, 'alice', time.now)).toBeNull()
  })

  test('is told apart by account', async () => {
    const { desk } = memoryDesk()
    await requestOf(desk, 'first', { entry: 'alice' })
    expect(desk.book.bearerOf(SECOND, 'alice', NOW)).toBeNull()
  })

  test('stays with whom it is pinned to for as long as they are approved, and waits with them when they ask again', async () => {
    const { desk, time } = memoryDesk()
    const first = await requestOf(desk, 'first', { entry: 'alice' })
    const until = NOW + MINUTE
    await approveSender(desk, { name: byId(first), expiresAt: until }, OWNER)
    time.now += 2 * HOUR
    expect(desk.book.bearerOf(TELEGRAM, 'alice', time.now)).toBe('first')

    await requestOf(desk, 'first', { entry: 'alice' })
    await desk.turn(() => ({
      result: null,
      takesAway: true,
      change: { revoked: [{ ...TELEGRAM, id: 'first' }] },
    }))
    expect(desk.book.bearerOf(TELEGRAM, 'alice', time.now)).toBe('first')
    time.now += HOUR
    expect(desk.book.bearerOf(TELEGRAM, 'alice', time.now)).toBeNull()
  })
})

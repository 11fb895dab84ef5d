/** What an operator does about senders, and how often they may guess. */
import { describe, expect, test } from 'vitest'
import {
  approvalFor,
  asks,
  byCode,
  byId,
  DISCORD,
  HELPER,
  HOUR,
  memoryDesk,
  MINUTE,
  NOW,
  OWNER,
  requestOf,
  SECOND,
  TELEGRAM,
} from './desk.fixture.ts'
import { approveSender, inviteSender, rejectSender, revokeSender } from './resolve.ts'
import { WrongCodes } from './wrong-codes.ts'

const UNKNOWN = { kind: 'unknown' }
const STRANGER = { ...TELEGRAM, id: 'stranger' }
const wrong = { kind: 'code', channel: 'telegram', code: '222222' } as const

describe('approving', () => {
  test('by code lets in that sender of that account, and says who did it', async () => {
    const { desk, events } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    const name = { ...byCode(request), code: ` ${request.code.toLowerCase()}\n` }
    const approved = await approveSender(desk, { name, expiresAt: NOW + HOUR }, HELPER)
    const approval = {
      ...STRANGER,
      via: 'code',
      entry: null,
      displayName: 'Mx stranger',
      approvedBy: HELPER.name,
      approvedAt: NOW,
      expiresAt: NOW + HOUR,
      ended: false,
    }
    expect(approved).toEqual({ kind: 'approved', approval, request, earlier: null })
    expect(desk.book.approvals()).toEqual([approval])
    expect(desk.book.requests()).toEqual([])
    expect(events).toEqual([{ kind: 'resolved', request, decision: 'approved' }])
  })

  test('one who asked under a name pins the name to the id', async () => {
    const { desk } = memoryDesk()
    const request = await requestOf(desk, 'stranger', { entry: 'alice' })
    await approveSender(desk, { name: byCode(request), expiresAt: null }, OWNER)
    expect(desk.book.find(STRANGER)).toMatchObject({ via: 'name', entry: 'alice' })
  })

  test.each([byCode, byId])('twice is honest: the second finds nothing', async (nameOf) => {
    const { desk, events } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    const approve = { name: nameOf(request), expiresAt: null }
    expect((await approveSender(desk, approve, OWNER)).kind).toBe('approved')
    expect(await approveSender(desk, approve, OWNER)).toEqual(UNKNOWN)
    expect(await rejectSender(desk, nameOf(request), OWNER)).toEqual(UNKNOWN)
    expect(events).toHaveLength(1)
  })

  test.each([HOUR, 3 * HOUR, -HOUR])('a code is dead when the clock moved by %i', async (ms) => {
    const { desk, time } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    time.now += ms
    for (const name of [byCode(request), byId(request)]) {
      expect(await approveSender(desk, { name, expiresAt: null }, OWNER)).toEqual(UNKNOWN)
      expect(await rejectSender(desk, name, OWNER)).toEqual(UNKNOWN)
    }
    expect(desk.book.approvals()).toEqual([])
  })

  test('a code of one network is none on another, and serves every account of its own', async () => {
    const { desk } = memoryDesk()
    const request = await requestOf(desk, 'stranger', { at: SECOND })
    const elsewhere = { name: { ...byCode(request), channel: 'discord' }, expiresAt: null }
    expect(await approveSender(desk, elsewhere, OWNER)).toEqual(UNKNOWN)
    const here = { name: byCode(request), expiresAt: null }
    expect(await approveSender(desk, here, OWNER)).toMatchObject({
      approval: { account: 'second' },
    })
  })

  test.each(['', ' ', 'undefined', '*'])('%j is no code and no id', async (text) => {
    const { desk } = memoryDesk()
    await requestOf(desk, 'stranger')
    const code = { kind: 'code', channel: 'telegram', code: text } as const
    const id = { kind: 'id', requestId: text } as const
    for (const name of [code, id])
      expect(await approveSender(desk, { name, expiresAt: null }, OWNER)).toEqual(UNKNOWN)
  })
})

test('rejecting kills the code and lets nobody in', async () => {
  const { desk, events } = memoryDesk()
  const request = await requestOf(desk, 'stranger')
  expect(await rejectSender(desk, byCode(request), OWNER)).toEqual({ kind: 'rejected', request })
  expect(events).toEqual([{ kind: 'resolved', request, decision: 'rejected' }])
  for (const name of [byCode(request), byId(request)])
    expect(await approveSender(desk, { name, expiresAt: null }, OWNER)).toEqual(UNKNOWN)
  expect(desk.book.approvals()).toEqual([])
})

describe('inviting', () => {
  test('lets in whoever has not written, and says so', async () => {
    const { desk, events } = memoryDesk()
    await inviteSender(desk, { sender: STRANGER, expiresAt: NOW + 1 }, OWNER)
    expect(desk.book.approvals()).toMatchObject([
      { ...STRANGER, via: 'invite', entry: null, expiresAt: NOW + 1, approvedBy: OWNER.name },
    ])
    expect(events).toEqual([{ kind: 'invited', sender: STRANGER }])
  })

  test('ends what they asked: their code is dead', async () => {
    const { desk } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    await inviteSender(desk, { sender: STRANGER, expiresAt: null }, OWNER)
    const approve = { name: byCode(request), expiresAt: null }
    expect(await approveSender(desk, approve, OWNER)).toEqual(UNKNOWN)
    expect(desk.book.find(STRANGER)).toMatchObject({ via: 'invite', displayName: 'Mx stranger' })
  })
})

describe('revoking', () => {
  const everywhere = [
    approvalFor('stranger'),
    approvalFor('stranger', { account: 'second' }),
    approvalFor('stranger', { channel: 'discord' }),
    approvalFor('another'),
  ]
  const left = (desk: ReturnType<typeof memoryDesk>['desk']) =>
    desk.book.approvals().map(({ channel, account, id }) => `${channel}:${account}:${id}`)

  test('on one account leaves the others', async () => {
    const { desk, events } = memoryDesk({ approvals: everywhere })
    const gone = await revokeSender(desk, { ...TELEGRAM, id: 'stranger' })
    expect(gone).toEqual([everywhere[0]])
    expect(left(desk)).toEqual([
      'telegram:second:stranger',
      'discord:default:stranger',
      'telegram:default:another',
    ])
    expect(events).toMatchObject([{ kind: 'revoked', sender: STRANGER }])
  })

  test('on all accounts of a network leaves the other networks', async () => {
    const { desk, events } = memoryDesk({ approvals: everywhere })
    await revokeSender(desk, { channel: 'telegram', account: null, id: 'stranger' })
    expect(left(desk)).toEqual(['discord:default:stranger', 'telegram:default:another'])
    expect(events).toHaveLength(2)
  })

  test.each(['strange', 'STRANGER', 'stranger ', '', '*'])('%j is nobody', async (id) => {
    const { desk } = memoryDesk({ approvals: everywhere })
    expect(await revokeSender(desk, { channel: 'telegram', account: null, id })).toEqual([])
    expect(left(desk)).toHaveLength(4)
  })

  test('makes a stranger of them: they ask anew', async () => {
    const { desk } = memoryDesk({ approvals: everywhere })
    await revokeSender(desk, { ...TELEGRAM, id: 'stranger' })
    expect((await asks(desk, 'stranger')).kind).toBe('tell')
  })
})

describe('R20: guessing', () => {
  async function afterWrong(times: number) {
    const all = memoryDesk()
    const request = await requestOf(all.desk, 'stranger')
    for (let tries = 0; tries < times; tries += 1)
      expect(await rejectSender(all.desk, wrong, HELPER)).toEqual(UNKNOWN)
    const tryIt = () => approveSender(all.desk, { name: byCode(request), expiresAt: null }, HELPER)
    return { ...all, request, tryIt }
  }

  test('nine wrong codes hold nobody, and the right one clears them', async () => {
    const { desk, tryIt } = await afterWrong(9)
    expect((await tryIt()).kind).toBe('approved')
    expect(await rejectSender(desk, wrong, HELPER)).toEqual(UNKNOWN)
    expect(await rejectSender(desk, wrong, HELPER)).toEqual(UNKNOWN)
  })

  test('after ten the right code is not even looked at, until ten minutes after the first', async () => {
    const { tryIt, time, desk } = await afterWrong(10)
    expect(await tryIt()).toEqual({ kind: 'held', retryAfterMs: 10 * MINUTE })
    expect(desk.book.approvals()).toEqual([])
    time.now += 10 * MINUTE - 1
    expect(await tryIt()).toEqual({ kind: 'held', retryAfterMs: 1 })
    time.now += 1
    expect((await tryIt()).kind).toBe('approved')
  })

  test('what is tried while held prolongs nothing', async () => {
    const { tryIt, time, desk } = await afterWrong(10)
    time.now += 9 * MINUTE
    for (let tries = 0; tries < 30; tries += 1) await rejectSender(desk, wrong, HELPER)
    expect(await tryIt()).toEqual({ kind: 'held', retryAfterMs: MINUTE })
    time.now += MINUTE
    expect((await tryIt()).kind).toBe('approved')
  })

  test('approving and rejecting guess from one count, and a code of another network is a guess', async () => {
    const { desk } = await afterWrong(8)
    await approveSender(desk, { name: wrong, expiresAt: null }, HELPER)
    const discord = { ...wrong, channel: DISCORD.channel }
    await approveSender(desk, { name: discord, expiresAt: null }, HELPER)
    expect((await rejectSender(desk, wrong, HELPER)).kind).toBe('held')
  })

  test('holds whoever guessed, and nobody else', async () => {
    const { desk, request } = await afterWrong(10)
    const approve = { name: byCode(request), expiresAt: null }
    expect((await approveSender(desk, approve, OWNER)).kind).toBe('approved')
  })

  test("a request's id cannot be guessed: it is neither held nor counted", async () => {
    const { desk, request } = await afterWrong(10)
    const approve = { name: byId(request), expiresAt: null }
    expect((await approveSender(desk, approve, HELPER)).kind).toBe('approved')

    const fresh = memoryDesk()
    for (let tries = 0; tries < 30; tries += 1)
      await rejectSender(fresh.desk, { kind: 'id', requestId: 'none' }, HELPER)
    expect(await rejectSender(fresh.desk, wrong, HELPER)).toEqual(UNKNOWN)
  })

  test('a clock set back holds nobody for ever', async () => {
    const { tryIt, time } = await afterWrong(10)
    time.now -= 10 * MINUTE
    expect((await tryIt()).kind).toBe('approved')
  })

  describe('by more guessers than are told apart', () => {
    const LATER = NOW + 9 * MINUTE
    /** Each of them once, a little later than the operator. */
    function crowded() {
      const codes = new WrongCodes()
      codes.wrong('owner:owner', NOW)
      for (let who = 0; who < 999; who += 1) codes.wrong(`user:${who}`, LATER)
      return codes
    }

    test('newcomers wait together, and nobody else does', () => {
      const codes = crowded()
      for (let who = 0; who < 9; who += 1) codes.wrong(`new:${who}`, LATER)
      expect(codes.heldForMs('new:0', LATER)).toBe(0)
      codes.wrong('new:9', LATER)
      for (const who of ['new:0', 'new:9', 'new:who never tried'])
        expect(codes.heldForMs(who, LATER)).toBe(10 * MINUTE)
      for (const who of ['owner:owner', 'user:0']) expect(codes.heldForMs(who, LATER)).toBe(0)
      expect(codes.heldForMs('new:0', LATER + 10 * MINUTE)).toBe(0)
    })

    test('no more is kept than there are places', () => {
      const codes = crowded()
      for (let who = 0; who < 20_000; who += 1) codes.wrong(`new:${who}`, LATER)
      expect(codes.tracked).toBe(1_000)
    })

    test('a right code of a newcomer, and a place that comes free, release nobody', () => {
      const codes = crowded()
      for (let who = 0; who < 10; who += 1) codes.wrong(`new:${who}`, LATER)
      codes.right('new:0')
      codes.right('user:0')
      expect(codes.heldForMs('new:0', LATER)).toBe(10 * MINUTE)
    })

    test('places whose time is over are given away', () => {
      const codes = crowded()
      codes.wrong('new:0', NOW + 10 * MINUTE)
      expect(codes.tracked).toBe(1_000)
      for (let tries = 0; tries < 9; tries += 1) codes.wrong('new:0', NOW + 10 * MINUTE)
      expect(codes.heldForMs('new:0', NOW + 10 * MINUTE)).toBe(10 * MINUTE)
      expect(codes.heldForMs('new:1', NOW + 10 * MINUTE)).toBe(0)
    })
  })
})

/** Invitations by code, over a real desk and a real store: who is read, who gets in, how often, and what others hear (SPEC 14.6). */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { spelledOut } from '../senders/code.ts'
import {
  approvalFor,
  byCode,
  HOUR,
  invitationFor,
  NOW,
  OWNER,
  SECOND,
  TELEGRAM,
} from '../senders/desk.fixture.ts'
import type { SenderDesk } from '../senders/desk.ts'
import { cancelInvitation } from '../senders/invite.ts'
import { rejectSender, revokeSender } from '../senders/resolve.ts'
import { senderList } from '../senders/rules.ts'
import type { SenderInvitation } from '../senders/types.ts'
import { incoming, sealed } from './account.fixture.ts'
import { liveChannel, RULES } from './live-channel.fixture.ts'

const CODE = 'ABCDEFGHJKMNPQRS'
const TEXT = spelledOut(CODE)
const WRONG = 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'
const ID = 'invitation-ABCD'
const INVITED = { kind: 'invited', again: false }
const AGAIN = { kind: 'invited', again: true }
const ASKED = { kind: 'asked', told: true, full: false }
const SILENT = { kind: 'asked', told: false, full: false }
const UNKNOWN = { kind: 'unknown' }

const sends = (id: string, from: string, text = TEXT) => incoming(id, { from, text })

function invite(desk: SenderDesk, change: Partial<SenderInvitation> = {}, code = CODE) {
  const invitations = [invitationFor(code, change)]
  return desk.turn(() => ({ result: null, change: { invitations } }))
}

async function invited(change: Partial<SenderInvitation> = {}) {
  const channel = await liveChannel()
  const life = await channel.start()
  await invite(life.desk, change)
  const uses = () => life.desk.book.invitations.find(ID)?.usedBy
  const who = () => life.desk.book.approvals().map(({ id }) => id)
  return {
    ...channel,
    life,
    uses,
    who,
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  }
}

describe('whoever sends the code', () => {
  test('may write, is told so in one sentence, and the code is kept nowhere', async () => {
    await using at = await invited({ approvalExpiresAt: NOW + 48 * HOUR })
    const { life } = at
    expect(await life.message(sends('1', '7', 'abcd efgh jkmn pqrs'))).toEqual(INVITED)
    expect(life.desk.book.approvals()).toEqual([
      approvalFor('7', {
        via: 'invite',
        displayName: 'Mx 7',
        approvedBy: OWNER.name,
        expiresAt: NOW + 48 * HOUR,
      }),
    ])
    expect(life.replies.map(({ to, text }) => [to, text])).toEqual([
      [{ kind: 'dm', id: '7' }, 'You may write now.'],
    ])
    expect(life.changes).toMatchObject([
      {
        operation: 'channels.pairing.redeem',
        caller: { principal: { kind: 'sender', id: 'telegram:7', scopes: [] } },
        subject: `invitation=${ID} by=owner:owner`,
      },
    ])
    expect((await at.messages.load()).waiting).toEqual([])
    expect(await life.message(incoming('2', { from: '7' }))).toEqual({ kind: 'kept' })
  })

  test('R20 gets in while three strangers fill the queue, and their own request is over', async () => {
    await using at = await invited()
    const { life } = at
    for (const from of ['8', '9', '10']) await life.message(incoming(from, { from, text: 'hello' }))
    expect(await life.message(incoming('x', { from: '7', text: 'hello' }))).toMatchObject({
      full: true,
    })
    expect(await life.message(sends('1', '7'))).toEqual(INVITED)
    expect(at.who()).toEqual(['7'])

    await invite(life.desk, {}, 'CCCCEFGHJKMNPQRS')
    expect(await life.message(sends('2', '8', 'CCCC-EFGH-JKMN-PQRS'))).toEqual(INVITED)
    expect(life.desk.book.requests().map(({ id }) => id)).toEqual(['9', '10'])
  })

  test('who was turned down, or let in for a while that is over, may be invited', async () => {
    await using at = await invited({ uses: 2 })
    const { life } = at
    await life.message(incoming('1', { from: '7', text: 'hello' }))
    const [request] = life.desk.book.requests()
    if (request !== undefined) await rejectSender(life.desk, byCode(request), OWNER)
    expect(await life.message(sends('2', '7'))).toEqual(INVITED)
    const over = approvalFor('8', { expiresAt: NOW - 1 })
    await life.desk.turn(() => ({ result: null, change: { approvals: [over] } }))
    expect(await life.message(sends('3', '8'))).toEqual(INVITED)
    expect(life.desk.book.find({ ...TELEGRAM, id: '8' })).toMatchObject({ ended: false })
  })
})

describe('one use', () => {
  test('of two at once, one gets in, and the other is a stranger', async () => {
    await using at = await invited()
    const both = await Promise.all([
      at.life.message(sends('1', '7')),
      at.life.message(sends('2', '8')),
    ])
    expect(both).toEqual([
      INVITED,
      { ...ASKED, tried: { kind: 'over', invitationId: ID, why: 'used up' } },
    ])
    expect([at.who(), at.uses()]).toEqual([['7'], ['7']])
  })

  test.each([
    [
      'twice at the same moment',
      (send: (id: string) => Promise<unknown>) => Promise.all([send('1'), send('2')]),
    ],
    [
      'delivered twice by the network',
      async (send: (id: string) => Promise<unknown>) => [await send('1'), await send('1')],
    ],
  ])('is taken by one person, %s', async (_name, twice) => {
    await using at = await invited({ uses: 3 })
    expect(await twice((id) => at.life.message(sends(id, '7')))).toEqual([INVITED, AGAIN])
    expect([at.who(), at.uses()]).toEqual([['7'], ['7']])
    // A code that lets others in is nothing for an agent, and nothing to keep.
    expect((await at.messages.load()).waiting).toEqual([])
  })

  test('and no other after it was taken away again', async () => {
    await using at = await invited({ uses: 3 })
    await at.life.message(sends('1', '7'))
    await revokeSender(at.life.desk, { ...TELEGRAM, id: '7' })
    expect(await at.life.message(sends('2', '7'))).toMatchObject({
      kind: 'asked',
      tried: { why: 'used by them before' },
    })
    expect(at.who()).toEqual([])
  })

  test('and an approval are both on disk, or neither', async () => {
    await using at = await invited()
    const file = new DatabaseSync(join(at.live.dir, 'store.sqlite'))
    file.exec(
      "CREATE TRIGGER full BEFORE UPDATE ON sender_invitations BEGIN SELECT RAISE(ABORT, 'x'); END",
    )
    await expect(at.life.message(sends('1', '7'))).rejects.toThrow()
    expect([at.who(), at.uses()]).toEqual([[], []])
    at.life.kill()
    const next = await at.start()
    expect(next.desk.book.approvals()).toEqual([])
    file.exec('DROP TRIGGER full')
    file.close()
    expect(await next.message(sends('1', '7'))).toEqual(INVITED)
    next.kill()
    const last = await at.start()
    expect(last.desk.book.approvals()).toMatchObject([{ id: '7' }])
    expect(await last.message(sends('2', '8'))).toMatchObject({ kind: 'asked' })
  })

  test('whose answer could not be kept is said when the network delivers again', async () => {
    await using channel = await liveChannel()
    const texts: string[] = []
    const disk = { full: true }
    const life = await channel.start({
      async reply(messages) {
        if (disk.full) throw new Error('the disk is full')
        texts.push(...messages.map(({ text }) => text))
      },
    })
    await invite(life.desk)
    await expect(life.message(sends('1', '7'))).rejects.toThrow('the disk is full')
    disk.full = false
    expect(await life.message(sends('1', '7'))).toEqual(AGAIN)
    expect(texts).toEqual(['You may write now.'])
  })

  test('is not taken while the record cannot be written', async () => {
    await using at = await invited()
    at.life.record.full = true
    await expect(at.life.message(sends('1', '7'))).rejects.toThrow('the record cannot be written')
    expect([at.who(), at.uses(), at.life.replies]).toEqual([[], [], []])
    at.life.record.full = false
    expect(await at.life.message(sends('1', '7'))).toEqual(INVITED)
  })
})

describe('a code that lets nobody in', () => {
  test('is a message of a stranger, whatever is wrong with it; the record tells them apart', async () => {
    await using at = await invited({ uses: 9 })
    const { life } = at
    const other = { invitationId: 'other' }
    await invite(life.desk, { ...other, expiresAt: NOW }, 'CCCCEFGHJKMNPQRS')
    await invite(life.desk, { invitationId: 'gone' }, 'DDDDEFGHJKMNPQRS')
    await cancelInvitation(life.desk, 'gone')
    await invite(life.desk, { ...SECOND, invitationId: 'second' }, 'EEEEEFGHJKMNPQRS')
    const tried = async (code: string) => {
      const reception = await life.message(sends(code, code.slice(0, 4), `${code}-EFGH-JKMN-PQRS`))
      return 'tried' in reception ? reception.tried : null
    }
    expect(await tried('BBBB')).toEqual(UNKNOWN)
    expect(await tried('CCCC')).toMatchObject({ invitationId: 'other', why: 'expired' })
    expect(await tried('DDDD')).toMatchObject({ invitationId: 'gone', why: 'cancelled' })
    expect(await tried('EEEE')).toEqual(UNKNOWN)
    const first = life.replies.slice(0, 3).map(({ text }) => text)
    expect(first.map((text) => text.replace(/\w{6}$/, ''))).toEqual(
      Array(3).fill('Pairing required. Code: '),
    )
    expect(life.changes).toEqual([])
  })

  test('R20 is not compared after five wrong ones an hour, and nothing different is said', async () => {
    await using at = await invited()
    const { life } = at
    expect(await life.message(sends('0', '7', WRONG))).toEqual({ ...ASKED, tried: UNKNOWN })
    for (const id of ['1', '2', '3', '4'])
      expect(await life.message(sends(id, '7', WRONG))).toEqual({ ...SILENT, tried: UNKNOWN })
    expect(await life.message(sends('5', '7'))).toEqual({ ...SILENT, tried: { kind: 'held' } })
    expect(at.uses()).toEqual([])
    expect(await life.message(sends('6', '8'))).toEqual(INVITED)
    await invite(life.desk, { invitationId: 'more' }, 'CCCCEFGHJKMNPQRS')
    at.live.time.now += HOUR
    expect(await life.message(sends('7', '7', 'CCCC-EFGH-JKMN-PQRS'))).toEqual(INVITED)
  })

  test('R20 nor after fifty on an account; other accounts are compared', async () => {
    await using at = await invited()
    const { life } = at
    for (let id = 0; id < 50; id += 1) await life.message(sends(`${id}`, `x${id}`, WRONG))
    expect(await life.message(sends('50', '7'))).toMatchObject({ tried: { kind: 'held' } })
    await invite(life.desk, { ...SECOND, invitationId: 'second' }, 'CCCCEFGHJKMNPQRS')
    expect(await life.message(sends('51', '7', 'CCCCEFGHJKMNPQRS'), SECOND)).toEqual(INVITED)
  })

  test('is of somebody who may invite no more', async () => {
    await using at = await invited({ maker: { kind: 'user', id: 'bob', madeBy: null }, uses: 2 })
    await invite(at.life.desk, { invitationId: 'stands' }, 'CCCCEFGHJKMNPQRS')
    at.gone.add('bob')
    expect(await at.life.message(sends('1', '7'))).toMatchObject({
      tried: { why: 'of somebody who may invite no more' },
    })
    expect(at.who()).toEqual([])
  })
})

describe('nothing is read', () => {
  const unread = (id: string, marks: Parameters<typeof sealed>[1] = {}) =>
    sealed(id, { from: '7', ...marks })

  test.each([
    ['that expired', { expiresAt: NOW }],
    ['that was cancelled', { ended: 'cancelled' }],
    ['that is used up', { usedBy: ['8'] }],
    ['on another account', SECOND],
    ['of somebody who may invite no more', { maker: { kind: 'user', id: 'bob', madeBy: null } }],
  ] as const)('for an invitation %s', async (_name, change) => {
    await using at = await invited(change)
    at.gone.add('bob')
    expect(await at.life.message(unread('1'))).toEqual(ASKED)
  })

  test.each([
    ['locked', { ...RULES, dmPolicy: 'locked' }],
    // Whoever bears a name of the list asks under every policy; an invitation counts under one.
    [
      'locked, by a name',
      {
        ...RULES,
        dmPolicy: 'locked',
        allowFrom: senderList(['alice'], (name) => ({ kind: 'name', name })),
      },
    ],
    ['disabled', { ...RULES, dmPolicy: 'disabled' }],
    ['not configured', null],
  ] as const)('where the account is %s', async (_name, rules) => {
    await using at = await invited()
    at.rules.now = rules
    await at.life.message(unread('1', { names: ['alice'] }))
    expect([at.who(), at.uses()]).toEqual([[], []])
  })

  test('in a group', async () => {
    await using at = await invited()
    at.rules.now = { ...RULES, groups: new Set() }
    expect((await at.life.message(unread('1', { group: '-100' }))).kind).toBe('denied')
  })

  test('when it expired while the clock was ahead: it stays so', async () => {
    await using at = await invited()
    at.live.time.now += 24 * HOUR
    expect(await at.life.message(unread('1'))).toEqual(ASKED)
    at.live.time.now -= 24 * HOUR
    at.life.kill()
    const next = await at.start()
    expect((await next.message(unread('2', { from: '8' }))).kind).toBe('asked')
    expect(next.desk.book.invitations.find(ID)?.ended).toBe('expired')
  })
})

test('what is no code is treated as ever while an invitation stands, and is told to nobody', async () => {
  await using at = await invited()
  expect(await at.life.message(incoming('1', { from: '7', text: 'hello' }))).toEqual(ASKED)
  expect(await at.life.message(incoming('2', { from: '7', text: null }))).toEqual(SILENT)
  expect((await at.messages.load()).waiting).toEqual([])
})

test('a message of somebody who may write is theirs, unless it is a code of ours', async () => {
  await using at = await invited()
  expect(await at.life.message(incoming('1', { text: WRONG }))).toEqual({ kind: 'kept' })
  expect(await at.life.message(incoming('2', { text: TEXT }))).toEqual(AGAIN)
  expect(at.uses()).toEqual([])
})

test('in a group that hears everybody, a code is words: it opens no direct messages', async () => {
  await using at = await invited()
  const inGroup = incoming('1', { from: '7', text: TEXT, group: '-100' })
  expect(await at.life.message(inGroup)).toEqual({ kind: 'kept' })
  expect([at.who(), at.uses(), at.life.replies]).toEqual([[], [], []])
})

test('whose account is locked between the code and its turn is not let in', async () => {
  await using at = await invited()
  const before = at.life.desk.turn(() => {
    at.rules.now = { ...RULES, dmPolicy: 'locked' }
    return { result: null }
  })
  expect(await at.life.message(sends('1', '7'))).toEqual({
    kind: 'denied',
    reason: 'sender_not_allowed',
  })
  await before
  expect([at.who(), at.uses()]).toEqual([[], []])
})

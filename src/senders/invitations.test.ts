/** What a code is, what an invitation is worth, and how often anybody may guess (SPEC 14.6). */
import { describe, expect, test } from 'vitest'
import { SenderBook } from './book.ts'
import { newInvitationCode, readInvitationCode, spelledOut } from './code.ts'
import {
  DISCORD,
  HOUR,
  invitationFor,
  memoryDesk,
  MINUTE,
  NOW,
  OWNER,
  SECOND,
  TELEGRAM,
} from './desk.fixture.ts'
import { stateOf, triedInWords, tryCode } from './invitations.ts'
import {
  cancelInvitation,
  makeInvitation,
  MOST_STANDING,
  noteExpired,
  standingInvitations,
} from './invite.ts'
import { Secret } from '../core/secret.ts'
import { WrongInvitations } from './wrong-codes.ts'

const CODE = 'ABCDEFGHJKMNPQRS'
const ANNA = { ...TELEGRAM, id: '7' }
const always = () => true
const never = () => false
const SETTINGS = { by: OWNER.name, maker: invitationFor(CODE).maker, inviterStands: always }
const WISH = {
  account: TELEGRAM,
  label: 'Anna',
  uses: 1,
  expiresAt: NOW + HOUR,
  approvalExpiresAt: null,
}

describe('a text is a code', () => {
  test.each([
    'ABCD-EFGH-JKMN-PQRS',
    'abcdefghjkmnpqrs',
    '  abcd efgh\tJKMN pqrs\n',
    'ABCD–EFGH—JKMN−PQRS',
    `${' '.repeat(20)}ABCDEFGHJKMNPQRS`,
  ])('%j', (text) => {
    expect(readInvitationCode(text)).toBe(CODE)
  })

  test.each([
    '',
    'hello',
    'ABCD-EFGH-JKMN-PQR',
    'ABCD-EFGH-JKMN-PQRST',
    // Characters that look like others are in no code.
    'ABCD-EFGH-JKMN-PQR0',
    'ABCD-EFGH-JKMN-PQRI',
    'my code is ABCD-EFGH-JKMN-PQRS',
    'ABCD_EFGH_JKMN_PQRS',
    'АBCD-EFGH-JKMN-PQRS',
    `ABCD-EFGH-JKMN-PQRS${' '.repeat(64)}`,
  ])('and %j is none', (text) => {
    expect(readInvitationCode(text)).toBeNull()
  })

  test('the one that is made is one, and no two are the same', () => {
    const made = Array.from({ length: 200 }, newInvitationCode)
    expect(new Set(made).size).toBe(200)
    for (const code of made) expect(readInvitationCode(spelledOut(code))).toBe(code)
    expect(spelledOut(CODE)).toBe('ABCD-EFGH-JKMN-PQRS')
    // At least 60 bits: every character of the alphabet comes up, in 16 places.
    expect(new Set(made.join('')).size).toBe(31)
  })
})

describe('an invitation', () => {
  test.each([
    ['stands', {}, 0],
    ['stands', { uses: 2, usedBy: ['8'] }, 24 * HOUR - 1],
    ['expired', {}, 24 * HOUR],
    ['expired', { ended: 'expired' }, 0],
    ['cancelled', { ended: 'cancelled' }, 0],
    ['used up', { usedBy: ['8'] }, 0],
    ['used up', { uses: 2, usedBy: ['8', '9'] }, 0],
    // A clock that was set back gives it no more time.
    ['stands', {}, -HOUR + 1],
    ['expired', {}, -HOUR],
  ] as const)('%s: %j after %i ms', (state, change, after) => {
    const invitation = invitationFor(CODE, change)
    expect(stateOf(invitation, { now: NOW + after, inviterStands: always })).toBe(state)
  })

  test('is worth what its maker is', () => {
    const times = { now: NOW, inviterStands: never }
    expect(stateOf(invitationFor(CODE), times)).toBe('of somebody who may invite no more')
  })
})

describe('a code that is sent', () => {
  const tried = (
    { sender = ANNA, code = CODE, stands = true }: Partial<Tried>,
    change: Parameters<typeof invitationFor>[1] = {},
  ) => {
    const invitations = [invitationFor(CODE, change)]
    const book = new SenderBook({ approvals: [], requests: [], invitations })
    const digest = new Secret(code).digest()
    return tryCode(book, { sender, digest }, { now: NOW, inviterStands: () => stands })
  }
  interface Tried {
    readonly sender: typeof ANNA
    readonly code: string
    readonly stands: boolean
  }
  test.each([
    ['right', {}, {}],
    ['unknown', { code: 'ABCDEFGHJKMNPQRT' }, {}],
    ['unknown', { sender: { ...SECOND, id: '7' } }, {}],
    ['unknown', { sender: { ...DISCORD, id: '7' } }, {}],
    ['over', { stands: false }, {}],
    ['over', {}, { usedBy: ['8'] }],
    ['over', {}, { ended: 'cancelled' }],
    // Whoever was revoked does not come back by the same code.
    ['over', {}, { uses: 2, usedBy: ['7'] }],
  ] as const)('%s: %j %j', (kind, who, change) => {
    expect(tried(who, change).kind).toBe(kind)
  })

  test('is told apart for the owner', () => {
    const over = tried({}, { ended: 'cancelled' })
    if (over.kind !== 'over') throw new Error(over.kind)
    expect(triedInWords(over)).toBe('invitation invitation-ABCD is cancelled')
    expect(triedInWords({ kind: 'unknown' })).toBe('a wrong invitation code')
    expect(triedInWords({ kind: 'held' })).toContain('not compared')
  })
})

describe('the desk', () => {
  test('keeps the digest of a code and not the code', async () => {
    const { desk, written } = memoryDesk()
    const made = await makeInvitation(desk, WISH, SETTINGS)
    if (made.kind !== 'made') throw new Error(made.kind)
    const code = readInvitationCode(made.code.reveal()) ?? ''
    expect(made.invitation.digest).toBe(new Secret(code).digest())
    for (const text of [code, made.code.reveal()]) {
      expect(JSON.stringify(written)).not.toContain(text)
      expect(JSON.stringify(made)).not.toContain(text)
    }
    expect(standingInvitations(desk, always)).toEqual([made.invitation])
    expect(standingInvitations(desk, never)).toEqual([])
  })

  test('makes no more than may stand, and forgets the oldest of those that are over', async () => {
    const over = Array.from({ length: 300 }, (_, index) =>
      invitationFor(`${index}`, {
        invitationId: `over-${index}`,
        ended: 'cancelled',
        createdAt: NOW - index,
      }),
    )
    const { desk } = memoryDesk({ invitations: over })
    for (let made = 0; made < MOST_STANDING; made += 1)
      expect((await makeInvitation(desk, WISH, SETTINGS)).kind).toBe('made')
    expect(await makeInvitation(desk, WISH, SETTINGS)).toEqual({ kind: 'full' })
    const elsewhere = { ...WISH, account: SECOND }
    expect((await makeInvitation(desk, elsewhere, SETTINGS)).kind).toBe('made')
    const kept = desk.book.invitations.all().filter(({ ended }) => ended !== null)
    expect(kept).toHaveLength(256)
    expect(desk.book.invitations.find('over-0')).not.toBeNull()
    expect(desk.book.invitations.find('over-299')).toBeNull()
  })

  test('cancels at once, also while the disk fails, and writes it with whatever comes next', async () => {
    const { desk, disk, written } = memoryDesk({ invitations: [invitationFor(CODE)] })
    disk.full = true
    await expect(cancelInvitation(desk, 'invitation-ABCD')).rejects.toThrow('the disk is full')
    expect(standingInvitations(desk, always)).toEqual([])
    disk.full = false
    expect(await cancelInvitation(desk, 'invitation-ABCD')).toBeNull()
    expect(written).toMatchObject([{ invitations: [{ ended: 'cancelled' }] }])
    expect(await cancelInvitation(desk, 'no such')).toBeNull()
  })

  test('an end that was owed does not come back when the invitation is forgotten', async () => {
    const old = invitationFor(CODE, { createdAt: NOW - 2 * HOUR, expiresAt: NOW })
    const { desk, disk, written } = memoryDesk({ invitations: [old] })
    disk.full = true
    await expect(noteExpired(desk, TELEGRAM)).rejects.toThrow('the disk is full')
    disk.full = false
    await desk.turn(() => ({ result: null, change: { forgotten: [old.invitationId] } }))
    expect(written).toMatchObject([{ invitations: [], forgotten: [old.invitationId] }])
  })

  test('one that was seen to be over stays over, whatever the clock says', async () => {
    const { desk, time } = memoryDesk({ invitations: [invitationFor(CODE)] })
    await noteExpired(desk, TELEGRAM)
    expect(standingInvitations(desk, always)).toHaveLength(1)
    time.now += 24 * HOUR
    await noteExpired(desk, SECOND)
    expect(desk.book.invitations.find('invitation-ABCD')?.ended).toBeNull()
    await noteExpired(desk, TELEGRAM)
    time.now -= 24 * HOUR
    expect(standingInvitations(desk, always)).toEqual([])
  })
})

describe('R20: wrong codes', () => {
  const who = (id: string, account = TELEGRAM) => ({ ...account, id })
  const guess = (wrong: WrongInvitations, times: number, id: string, now = NOW) => {
    for (let tries = 0; tries < times; tries += 1) wrong.wrong(who(id), now)
  }

  test('five an hour a sender, and nobody else pays for it', () => {
    const wrong = new WrongInvitations()
    guess(wrong, 4, '7')
    expect(wrong.held(who('7'), NOW)).toBe(false)
    guess(wrong, 1, '7')
    expect(wrong.held(who('7'), NOW)).toBe(true)
    expect(wrong.held(who('7'), NOW + HOUR - 1)).toBe(true)
    expect(wrong.held(who('7'), NOW + HOUR)).toBe(false)
    expect([who('8'), who('7', SECOND)].map((one) => wrong.held(one, NOW))).toEqual([false, false])
  })

  test('fifty an hour an account, whoever sends them', () => {
    const wrong = new WrongInvitations()
    for (let id = 0; id < 50; id += 1) {
      expect(wrong.held(who('stranger'), NOW)).toBe(false)
      guess(wrong, 1, `${id}`)
    }
    expect(wrong.held(who('stranger'), NOW)).toBe(true)
    expect(wrong.held(who('stranger', SECOND), NOW)).toBe(false)
    expect(wrong.held(who('stranger'), NOW + HOUR)).toBe(false)
  })

  test('a right one pays for one’s own wrong ones, not for those of the account', () => {
    const wrong = new WrongInvitations()
    for (let id = 0; id < 12; id += 1) guess(wrong, 4, `${id}`)
    wrong.right(who('0'))
    guess(wrong, 1, '0')
    expect(wrong.held(who('0'), NOW)).toBe(false)
    guess(wrong, 1, '0')
    expect(wrong.held(who('99'), NOW)).toBe(true)
  })

  test.each([-2 * HOUR, 2 * HOUR])('nobody is held for good by a clock that jumps by %i', (ms) => {
    const wrong = new WrongInvitations()
    guess(wrong, 5, '7')
    expect(wrong.held(who('7'), NOW - MINUTE)).toBe(true)
    expect(wrong.held(who('7'), NOW + ms)).toBe(false)
  })
})

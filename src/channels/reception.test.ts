/** The way in: who is judged, who is read, what is kept, and what a stranger hears, over a real desk and a real store. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import {
  approvalFor,
  byCode,
  HOUR,
  MINUTE,
  NOW,
  OWNER,
  SECOND,
  TELEGRAM,
} from '../senders/desk.fixture.ts'
import { approveSender, inviteSender, rejectSender } from '../senders/resolve.ts'
import { senderList } from '../senders/rules.ts'
import { incoming, sealed } from './account.fixture.ts'
import { liveChannel, RULES } from './live-channel.fixture.ts'
import { REMEMBERED_MS } from './reception.ts'

const ASKED = { kind: 'asked', told: true, full: false }
const SILENT = { kind: 'asked', told: false, full: false }
const NOT_ALLOWED = { kind: 'denied', reason: 'sender_not_allowed' }
const NAMED = senderList(['@alice'], (entry) => ({ kind: 'name', name: entry.slice(1) }))

describe('a stranger', () => {
  test('is told a code in that conversation, and what they wrote is neither read nor kept', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    expect(await life.message(sealed('1', { from: '7' }))).toEqual(ASKED)
    const [request] = life.desk.book.requests()
    expect(life.replies).toEqual([
      {
        ...TELEGRAM,
        id: `pairing:${request?.requestId}`,
        to: { kind: 'dm', id: '7' },
        text: `Pairing required. Code: ${request?.code}`,
        replyTo: null,
        replaces: null,
        buttons: [],
      },
    ])
    expect(request).toMatchObject({ id: '7', told: true, displayName: 'Mx 7' })
    expect((await channel.messages.load()).waiting).toEqual([])
    expect(life.receptions).toEqual([ASKED])
  })

  test('hears one reply an hour, also after a restart', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    await life.message(sealed('1', { from: '7' }))
    expect(await life.message(sealed('2', { from: '7' }))).toEqual(SILENT)
    life.kill()
    const next = await channel.start()
    channel.live.time.now += HOUR - 1
    expect(await next.message(sealed('3', { from: '7' }))).toEqual(SILENT)
    channel.live.time.now += 1
    expect(await next.message(sealed('4', { from: '7' }))).toEqual(ASKED)
    expect([life.replies, next.replies].map(({ length }) => length)).toEqual([1, 1])
  })

  test('who writes many messages at the same moment hears one reply', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    const many = ['1', '2', '3'].map((id) => life.message(sealed(id, { from: '7' })))
    expect(await Promise.all(many)).toEqual([ASKED, SILENT, SILENT])
    expect(life.replies).toHaveLength(1)
  })

  test('whose reply could not be kept is told the same code when the network delivers again', async () => {
    await using channel = await liveChannel()
    const replies: string[] = []
    const disk = { full: true }
    const life = await channel.start({
      async reply(messages) {
        if (disk.full) throw new Error('the disk is full')
        replies.push(...messages.map(({ text }) => text))
      },
    })
    await expect(life.message(sealed('1', { from: '7' }))).rejects.toThrow('the disk is full')
    const [request] = life.desk.book.requests()
    disk.full = false
    expect(await life.message(sealed('1', { from: '7' }))).toEqual(ASKED)
    expect(replies).toEqual([`Pairing required. Code: ${request?.code}`])
  })

  test('the fourth hears nothing; on another account they would', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    for (const from of ['7', '8', '9']) await life.message(sealed(from, { from }))
    const fourth = sealed('10', { from: '10' })
    expect(await life.message(fourth)).toEqual({ kind: 'asked', told: false, full: true })
    expect(await life.message(fourth, SECOND)).toEqual(ASKED)
    expect(life.replies).toHaveLength(4)
  })

  test('who was rejected hears nothing, and is not read', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    await life.message(sealed('1', { from: '7' }))
    const [request] = life.desk.book.requests()
    if (request !== undefined) await rejectSender(life.desk, byCode(request), OWNER)
    expect(await life.message(sealed('2', { from: '7' }))).toEqual(SILENT)
  })

  test('who is let in while their message stands in line is heard', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    const invited = inviteSender(
      life.desk,
      { sender: { ...TELEGRAM, id: '7' }, expiresAt: null },
      OWNER,
    )
    expect(await life.message(incoming('1', { from: '7' }))).toEqual({ kind: 'kept' })
    expect((await invited).id).toBe('7')
    expect(life.replies).toEqual([])
  })

  test('who was approved is heard in direct messages, and in no group (R53)', async () => {
    await using channel = await liveChannel()
    channel.rules.now = { ...RULES, groups: new Set() }
    const life = await channel.start()
    await life.message(sealed('1', { from: '7' }))
    const [request] = life.desk.book.requests()
    if (request !== undefined)
      await approveSender(life.desk, { name: byCode(request), expiresAt: null }, OWNER)
    expect(await life.message(incoming('2', { from: '7' }))).toEqual({ kind: 'kept' })
    expect(await life.message(sealed('3', { from: '7', group: '-100' }))).toEqual({
      kind: 'denied',
      reason: 'group_not_allowed',
    })
  })
})

describe('two who bear one name at the same moment', () => {
  test.each(['pairing', 'locked'] as const)(
    'are not both asked about under it (%s)',
    async (dmPolicy) => {
      await using channel = await liveChannel()
      channel.rules.now = { ...RULES, dmPolicy, allowFrom: NAMED }
      const life = await channel.start()
      const [first, second] = await Promise.all([
        life.message(sealed('1', { from: '7', names: ['alice'] })),
        life.message(sealed('2', { from: '8', names: ['Alice'] })),
      ])
      expect(first).toEqual(ASKED)
      expect(second).toEqual(dmPolicy === 'pairing' ? ASKED : NOT_ALLOWED)
      const marked = life.desk.book.requests().filter(({ entry }) => entry === 'alice')
      expect(marked.map(({ id }) => id)).toEqual(['7'])
    },
  )
})

test('whoever bore a name first and never came back keeps nobody else from asking under it', async () => {
  await using channel = await liveChannel()
  channel.rules.now = { ...RULES, dmPolicy: 'locked', allowFrom: NAMED }
  const life = await channel.start()
  await life.message(sealed('1', { from: '7', names: ['alice'] }))
  const other = (id: string) => life.message(sealed(id, { from: '8', names: ['alice'] }))
  expect(await other('2')).toEqual(NOT_ALLOWED)
  channel.live.time.now += HOUR
  expect(await other('3')).toEqual(ASKED)
  expect(life.desk.book.requests()).toMatchObject([{ id: '8', entry: 'alice' }])
})

describe('what is not let in is not read', () => {
  const nobody = { ...RULES, allowFrom: senderList([], () => ({ kind: 'id', id: '' })) }
  test.each([
    ['dm_disabled', { ...nobody, dmPolicy: 'disabled' }, {}],
    ['sender_not_allowed', { ...nobody, dmPolicy: 'locked' }, {}],
    ['sender_not_allowed', { ...nobody, dmPolicy: 'open' }, {}],
    ['sender_nameless', RULES, { from: ' ' }],
    ['group_disabled', { ...RULES, groupPolicy: 'disabled' }, { group: '-100' }],
    ['group_not_allowed', RULES, { group: '-200' }],
    ['group_sender_not_allowed', { ...RULES, groupAllowFrom: NAMED }, { group: '-100' }],
    // An account that the configuration does not name any more.
    ['policy_unknown', null, {}],
  ] as const)('%s', async (reason, rules, marks) => {
    await using channel = await liveChannel()
    channel.rules.now = rules
    const life = await channel.start()
    expect(await life.message(sealed('1', marks))).toEqual({ kind: 'denied', reason })
    expect(life.replies).toEqual([])
    expect(life.receptions).toEqual([{ kind: 'denied', reason }])
  })

  test('talk among others', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    const talk = sealed('1', { group: '-100', addressed: false })
    expect(await life.message(talk)).toEqual({ kind: 'ignored' })
  })
})

describe('a message that is let in', () => {
  test('is kept as it can be written, and with nothing else', async () => {
    await using channel = await liveChannel()
    const life = await channel.start({ ports: { store: { finish: () => new Promise(() => {}) } } })
    channel.live.time.now = NOW + 5
    await life.message(incoming('1', { text: ' he\0llo \ud800 👋🏽\n' }))
    expect((await channel.messages.load()).waiting).toEqual([
      {
        ...TELEGRAM,
        messageId: '1',
        conversation: { kind: 'dm', id: '42' },
        sender: { id: '42', names: [], displayName: 'Mx 42' },
        text: 'hello \ufffd 👋🏽',
        receivedAt: NOW + 5,
        draft: null,
      },
    ])
  })

  test('delivered again is said to be repeated; under another account it is another (R57)', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    expect(await life.message(incoming('1'))).toEqual({ kind: 'kept' })
    expect(await life.message(incoming('1'))).toEqual({ kind: 'repeated' })
    expect(await life.message(incoming('1'), SECOND)).toEqual({ kind: 'kept' })
    await life.idle()
    expect(life.sent).toHaveLength(2)
  })

  test('that the disk does not take is taken when it is delivered again', async () => {
    await using channel = await liveChannel()
    const life = await channel.start()
    const file = new DatabaseSync(join(channel.live.dir, 'store.sqlite'))
    file.exec("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'x'); END")
    await expect(life.message(incoming('1'))).rejects.toThrow()
    expect([life.receptions, life.answering.size]).toEqual([[], 0])
    file.exec('DROP TRIGGER full')
    file.close()
    expect(await life.message(incoming('1'))).toEqual({ kind: 'kept' })
  })
})

test('an approval that ended stays ended when the clock is set back, after a restart too', async () => {
  await using channel = await liveChannel()
  channel.rules.now = { ...RULES, dmPolicy: 'locked', allowFrom: NAMED }
  const life = await channel.start()
  const pinned = approvalFor('7', { via: 'name', entry: 'alice', expiresAt: NOW + MINUTE })
  await life.desk.turn(() => ({ result: null, change: { approvals: [pinned] } }))
  expect(await life.message(incoming('1', { from: '7' }))).toEqual({ kind: 'kept' })

  channel.live.time.now += MINUTE
  const over = { kind: 'denied', reason: 'sender_approval_expired' }
  expect(await life.message(sealed('2', { from: '7' }))).toEqual(over)
  channel.live.time.now -= MINUTE
  expect(await life.message(sealed('3', { from: '7' }))).toEqual(over)
  life.kill()
  const next = await channel.start()
  expect(await next.message(sealed('4', { from: '7' }))).toEqual(over)
})

test('R57: what was caught on its way long ago and comes again is not heard, nor is a stranger asked by it', async () => {
  await using channel = await liveChannel()
  const life = await channel.start()
  const { now } = channel.live.time
  const old = now - REMEMBERED_MS - 1
  await life.message({ ...incoming('1'), at: old })
  await life.message({ ...incoming('2', { from: '99' }), at: old })
  await life.message({ ...incoming('3'), at: old + 1 })
  await life.idle()
  expect(life.receptions.map(({ kind }) => kind)).toEqual(['stale', 'stale', 'kept'])
  expect(life.replies).toEqual([])
})

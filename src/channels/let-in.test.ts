/** Whoever is let in is told once, where they asked; whoever was in before, or is not in by now, is told nothing. */
import { describe, expect, test } from 'vitest'
import {
  approvalFor,
  byCode,
  byId,
  HOUR,
  MINUTE,
  memoryDesk,
  NOW,
  OWNER,
  requestOf,
  TELEGRAM,
  type Writing,
} from '../senders/desk.fixture.ts'
import { inviteSender, revokeSender } from '../senders/resolve.ts'
import { senderList, type SenderRules } from '../senders/rules.ts'
import type { SenderState } from '../senders/types.ts'
import { isDue, LET_IN, letIn } from './let-in.ts'
import { RULES } from './live-channel.fixture.ts'
import type { Queued } from './store.ts'

const NAMED = senderList(['alice'], (name) => ({ kind: 'name', name }))
const BY_LIST = senderList(['7'], (id) => ({ kind: 'id', id }))
const EVERYBODY = senderList(['*'], (id) => ({ kind: 'id', id }))

function door(saved: Partial<SenderState> = {}) {
  const memory = memoryDesk(saved)
  const posted: Omit<Queued, 'place'>[] = []
  const warnings: string[] = []
  const rules: { now: SenderRules | null } = { now: RULES }
  const disk = { full: false }
  const ports = {
    desk: memory.desk,
    rules: () => rules.now,
    clock: () => memory.time.now,
    post: async (list: readonly Omit<Queued, 'place'>[]) => {
      if (disk.full) throw new Error('a stranger’s words in an error')
      posted.push(...list)
    },
    warn: (message: string) => warnings.push(message),
  }
  const approve = async (id: string, writing: Writing = {}, expiresAt: number | null = null) => {
    const asked = { name: byCode(await requestOf(memory.desk, id, writing)), expiresAt }
    return letIn(ports, asked, OWNER)
  }
  const due = () => posted.map((message) => isDue({ ...message }, ports))
  return { ...memory, ports, posted, warnings, rules, disk, approve, due }
}

const TOLD = { kind: 'approved', told: true }
const NOT_TOLD = { kind: 'approved', told: false }

describe('whoever asked and is approved', () => {
  test('is told in the conversation in which they asked, whatever the network calls it', async () => {
    const { approve, posted, due } = door()
    expect(await approve('7')).toMatchObject({ ...TOLD, approval: { id: '7', via: 'code' } })
    expect(posted).toMatchObject([
      { ...TELEGRAM, to: { kind: 'dm', id: 'dm-7' }, text: LET_IN, buttons: [], replyTo: null },
    ])
    expect(LET_IN.split('\n')).toHaveLength(1)
    expect(due()).toEqual([true])
  })

  test('by a name of allowFrom too', async () => {
    const { approve, rules } = door()
    rules.now = { ...RULES, dmPolicy: 'locked', allowFrom: NAMED }
    expect(await approve('7', { entry: 'alice' })).toMatchObject(TOLD)
  })

  test('anew, where an earlier approval was over or did not count', async () => {
    const over = door({ approvals: [approvalFor('7', { expiresAt: NOW })] })
    expect(await over.approve('7')).toMatchObject(TOLD)
    const uncounted = door({ approvals: [approvalFor('7')] })
    uncounted.rules.now = { ...RULES, dmPolicy: 'locked', allowFrom: NAMED }
    expect(await uncounted.approve('7', { entry: 'alice' })).toMatchObject(TOLD)
  })

  test('once, however often somebody decides', async () => {
    const { desk, ports, posted } = door()
    const asked = { name: byId(await requestOf(desk, '7')), expiresAt: null }
    const answers = await Promise.all([1, 2, 3].map(() => letIn(ports, asked, OWNER)))
    expect(answers.map(({ kind }) => kind)).toEqual(['approved', 'unknown', 'unknown'])
    expect(posted).toHaveLength(1)
  })

  test('is in, and not told, where the disk does not take the line', async () => {
    const { approve, desk, disk, warnings } = door()
    disk.full = true
    expect(await approve('7')).toMatchObject(NOT_TOLD)
    expect(desk.book.find({ ...TELEGRAM, id: '7' })).not.toBeNull()
    expect(warnings).toEqual(['telegram:7 was let in, and is not told: the store does not take it'])
  })
})

describe('nobody is told', () => {
  test.each<[string, Partial<SenderRules> | null]>([
    ['whom the configuration lets in by now', { allowFrom: BY_LIST }],
    ['where everybody may write by now', { dmPolicy: 'open', allowFrom: EVERYBODY }],
    ['where approvals do not count by now', { dmPolicy: 'locked' }],
    ['where nobody may write by now', { dmPolicy: 'disabled' }],
    ['on an account that is gone', null],
  ])('%s', async (_who, change) => {
    const { desk, ports, rules, posted } = door()
    const asked = { name: byCode(await requestOf(desk, '7')), expiresAt: null }
    rules.now = change === null ? null : { ...RULES, ...change }
    expect(await letIn(ports, asked, OWNER)).toMatchObject(NOT_TOLD)
    expect(posted).toEqual([])
  })

  test('whose approval repeats one that lets them in', async () => {
    const { approve, posted } = door({ approvals: [approvalFor('7', { via: 'invite' })] })
    expect(await approve('7', {}, NOW + HOUR)).toMatchObject(NOT_TOLD)
    expect(posted).toEqual([])
  })

  test('of whose conversation nothing is known', async () => {
    const { desk, ports, posted } = door()
    const request = { ...(await requestOf(desk, '7')), conversation: null }
    await desk.turn(() => ({ result: null, change: { requests: [request] } }))
    const answer = await letIn(ports, { name: byCode(request), expiresAt: null }, OWNER)
    expect([answer, posted]).toMatchObject([NOT_TOLD, []])
  })
})

describe('R45 while the line waits, it is withdrawn from whoever', () => {
  const revoke = { channel: 'telegram', account: null, id: '7' }

  test('is revoked, and stays so when they are let in again', async () => {
    const { desk, time, approve, posted, due } = door()
    await approve('7')
    await revokeSender(desk, revoke)
    expect(due()).toEqual([false])
    time.now += MINUTE
    await approve('7')
    expect(due()).toEqual([false, true])
    expect(new Set(posted.map(({ id }) => id)).size).toBe(2)
  })

  test('is revoked and then invited', async () => {
    const { desk, time, approve, due } = door()
    await approve('7')
    await revokeSender(desk, revoke)
    time.now += MINUTE
    await inviteSender(desk, { sender: { ...TELEGRAM, id: '7' }, expiresAt: null }, OWNER)
    expect(due()).toEqual([false])
  })

  test('was let in for a time that is over', async () => {
    const { time, approve, due } = door()
    await approve('7', {}, NOW + HOUR)
    expect(due()).toEqual([true])
    time.now += HOUR
    expect(due()).toEqual([false])
  })

  test('has an approval that counts no more', async () => {
    const { approve, rules, due } = door()
    await approve('7')
    rules.now = { ...RULES, dmPolicy: 'disabled' }
    expect(due()).toEqual([false])
  })
})

test('all other messages are due whoever they go to', () => {
  const { ports } = door()
  expect(isDue({ ...TELEGRAM }, ports)).toBe(true)
})

/** Senders in the store: what was written is found again, all of a change or nothing, and what is damaged lets nobody in. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SenderBook } from '../senders/book.ts'
import { approvalFor, NOW, SECOND, TELEGRAM } from '../senders/desk.fixture.ts'
import type { SenderChange, SenderRequest } from '../senders/types.ts'
import { openStore, type Store } from './open.ts'
import { loadSenders, senderStore } from './senders.ts'

const at = { dir: '' }
beforeEach(async () => {
  at.dir = await mkdtemp(join(tmpdir(), 'senders-'))
})
afterEach(() => rm(at.dir, { recursive: true, force: true }))

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(at.dir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const save = (change: SenderChange) => withStore((store) => senderStore(store).save(change))
const load = () => withStore(loadSenders)

function inFile<Result>(use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(at.dir, 'store.sqlite'))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

function requestFor(id: string, change: Partial<SenderRequest> = {}): SenderRequest {
  return {
    ...TELEGRAM,
    id,
    requestId: `request-${id}`,
    code: 'ABC234',
    entry: null,
    names: ['Nick', 'user#1234'],
    displayName: 'Ünï 👩‍👩‍👧 \ud800 "quoted"',
    conversation: 'dm-1',
    createdAt: NOW,
    told: false,
    rejected: false,
    ...change,
  }
}

const APPROVALS = [
  approvalFor('42'),
  approvalFor('42', { ...SECOND, via: 'name', entry: 'alice', expiresAt: NOW + 1, ended: true }),
  approvalFor('42', { channel: 'discord', via: 'invite', displayName: 'Ünï 👩‍👩‍👧' }),
  approvalFor("'; DROP TABLE senders; --", { displayName: '' }),
]
const REQUESTS = [
  requestFor('1'),
  requestFor('2', { entry: 'alice', told: true }),
  requestFor('3', { rejected: true, names: [], conversation: null }),
]

test('a new store knows nobody', async () => {
  expect(await load()).toEqual({
    state: { approvals: [], requests: [], invitations: [] },
    problems: [],
    unreadable: { senders: [], requests: [], invitations: [] },
  })
})

test('everything is found again as it was', async () => {
  await save({ approvals: APPROVALS, requests: REQUESTS })
  const { state, problems } = await load()
  expect(problems).toEqual([])
  expect(new Set(state.approvals)).toEqual(new Set(APPROVALS))
  expect(new Set(state.requests)).toEqual(new Set(REQUESTS))
})

test('what is written again replaces what was, for that sender of that account alone', async () => {
  await save({ approvals: APPROVALS, requests: REQUESTS })
  const changed = approvalFor('42', { displayName: 'Renamed' })
  await save({ approvals: [changed], requests: [requestFor('1', { told: true })] })
  const { state } = await load()
  expect(new Set(state.approvals)).toEqual(new Set([changed, ...APPROVALS.slice(1)]))
  expect(state.requests).toContainEqual(requestFor('1', { told: true }))
  expect(state.requests).toHaveLength(3)
})

test('what is taken away is gone, and nothing else is', async () => {
  await save({ approvals: APPROVALS, requests: REQUESTS })
  await save({ revoked: [{ ...TELEGRAM, id: '42' }], resolved: ['request-2'] })
  const { state } = await load()
  expect(new Set(state.approvals)).toEqual(new Set(APPROVALS.slice(1)))
  expect(state.requests.map(({ id }) => id).sort()).toEqual(['1', '3'])
})

test('taken away and let in again by one change is let in: in the store as in memory', async () => {
  await save({ approvals: [APPROVALS[0] ?? approvalFor('42')], requests: [requestFor('1')] })
  const invited = approvalFor('42', { via: 'invite' })
  const change = {
    approvals: [invited],
    revoked: [{ ...TELEGRAM, id: '42' }],
    requests: [requestFor('1', { requestId: 'request-new' })],
    resolved: ['request-1'],
  }
  await save(change)
  const { state } = await load()
  const before = { approvals: APPROVALS.slice(0, 1), requests: [requestFor('1')], invitations: [] }
  const book = new SenderBook(before)
  book.apply(change)
  expect(state).toEqual({ approvals: book.approvals(), requests: book.requests(), invitations: [] })
  expect(state.approvals).toEqual([invited])
})

test('a change that fails on the way is none of it', async () => {
  await save({ approvals: APPROVALS.slice(0, 1), requests: REQUESTS.slice(0, 1) })
  const before = await load()
  inFile((database) =>
    database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON sender_requests BEGIN SELECT RAISE(ABORT, 'x'); END",
    ),
  )
  const change = {
    approvals: [approvalFor('7')],
    revoked: [{ ...TELEGRAM, id: '42' }],
    resolved: ['request-1'],
    requests: [requestFor('9')],
  }
  await expect(save(change)).rejects.toThrow()
  expect(await load()).toEqual(before)
})

const DAMAGE: readonly (readonly [name: string, damage: (document: string) => string])[] = [
  ['no JSON', () => '{'],
  ['empty', () => ''],
  ['a list', () => '[]'],
  ['null', () => 'null'],
  ['of a later version', (text) => text.replace('{', '{"more":true,')],
  ['another sender', (text) => text.replace('"id":"42"', '"id":"7"')],
  ['on another account', (text) => text.replace('"account":"default"', '"account":"second"')],
  ['on another network', (text) => text.replace('"channel":"telegram"', '"channel":"discord"')],
  ['without an id', (text) => text.replace('"id":"42"', '"id":""')],
  ['of a number', (text) => text.replace('"id":"42"', '"id":42')],
  ['let in by something else', (text) => text.replace('"via":"code"', '"via":"*"')],
  ['without an end', (text) => text.replace('"expiresAt":null,', '')],
  ['ended by words', (text) => text.replace('"ended":false', '"ended":"no"')],
]

describe.each(DAMAGE)('a sender whose row is %s', (_name, damage) => {
  test('is let in by nothing, is named, and stays in the file', async () => {
    await save({ approvals: [approvalFor('42'), approvalFor('43')] })
    const document = damage(JSON.stringify(approvalFor('42')))
    expect(document).not.toBe(JSON.stringify(approvalFor('42')))
    inFile((database) =>
      database.prepare("UPDATE senders SET document = ? WHERE sender_id = '42'").run(document),
    )
    const { state, problems } = await load()
    expect(problems).toEqual(['sender telegram:default:42'])
    expect(state.approvals).toEqual([approvalFor('43')])
    const kept = inFile((database) =>
      database.prepare("SELECT document FROM senders WHERE sender_id = '42'").all(),
    )
    expect(kept).toEqual([{ document }])
  })
})

test.each([
  ['{}'],
  [JSON.stringify(requestFor('1', { requestId: 'another' }))],
  [JSON.stringify(requestFor('1', { code: '*' }))],
  [JSON.stringify(requestFor('1', { code: 'ABC10O' }))],
  [JSON.stringify(requestFor(''))],
])('a request that is damaged (%s) can be approved by nobody, and is named', async (document) => {
  await save({ requests: [requestFor('1'), requestFor('2')] })
  inFile((database) =>
    database
      .prepare("UPDATE sender_requests SET document = ? WHERE request_id = 'request-1'")
      .run(document),
  )
  const { state, problems } = await load()
  expect(problems).toEqual(['request request-1'])
  expect(state.requests.map(({ id }) => id)).toEqual(['2'])
})

test('a request from before conversations were kept is read, and its conversation is not known', async () => {
  await save({ requests: [requestFor('1')] })
  inFile((database) =>
    database.exec(
      "UPDATE sender_requests SET document = json_remove(document, '$.conversation') WHERE request_id = 'request-1'",
    ),
  )
  const { state, problems } = await load()
  expect(problems).toEqual([])
  expect(state.requests).toEqual([requestFor('1', { conversation: null })])
})

/** Invitations in the store: a use and its approval are one write, and what is damaged invites nobody. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR, invitationFor, NOW, SECOND, TELEGRAM } from '../senders/desk.fixture.ts'
import { letInBy } from '../senders/invitations.ts'
import type { SenderChange } from '../senders/types.ts'
import { openStore, type Store } from './open.ts'
import { loadSenders, senderStore } from './senders.ts'

const at = { dir: '' }
beforeEach(async () => {
  at.dir = await mkdtemp(join(tmpdir(), 'invitations-'))
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

const FIRST = invitationFor('ABCDEFGHJKMNPQRS', { uses: 2, label: 'Ünï 👋🏽 "Anna"' })
const OTHER = invitationFor('ZZZZEFGHJKMNPQRS', {
  ...SECOND,
  usedBy: ['7', '8'],
  approvalExpiresAt: NOW + 48 * HOUR,
  maker: { kind: 'user', id: 'nick@example.com', madeBy: null },
  ended: 'cancelled',
})
const letIn = letInBy(
  FIRST,
  { sender: { ...TELEGRAM, id: '7' }, facts: { displayName: 'Mx 7' }, asked: null },
  NOW,
)

test('all is found again as it was, and what was forgotten is gone', async () => {
  await save({ invitations: [FIRST, OTHER] })
  const { state, problems } = await load()
  expect(problems).toEqual([])
  expect(new Set(state.invitations)).toEqual(new Set([FIRST, OTHER]))
  await save({ forgotten: [OTHER.invitationId] })
  expect((await load()).state.invitations).toEqual([FIRST])
})

test.each(['senders', 'sender_invitations'])(
  'a use and the approval that it gave are both there, or neither (%s fails)',
  async (table) => {
    await save({ invitations: [FIRST] })
    const before = await load()
    inFile((file) =>
      file.exec(`CREATE TRIGGER full_i BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'x'); END;
        CREATE TRIGGER full_u BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'x'); END;`),
    )
    await expect(save(letIn)).rejects.toThrow()
    expect(await load()).toEqual(before)
    inFile((file) => file.exec('DROP TRIGGER full_i; DROP TRIGGER full_u'))
    await save(letIn)
    const { state } = await load()
    expect(state.approvals).toMatchObject([{ id: '7', via: 'invite' }])
    expect(state.invitations).toMatchObject([{ usedBy: ['7'] }])
  },
)

test.each([
  ['no JSON', () => '{'],
  ['null', () => 'null'],
  ['of a later version', (text: string) => text.replace('{', '{"more":true,')],
  ['another invitation', (text: string) => text.replace('invitation-ABCD', 'invitation-ZZZZ')],
  ['without a digest', (text: string) => text.replace(/"digest":"[^"]*"/, '"digest":""')],
  ['for everybody', (text: string) => text.replace('"uses":2', '"uses":"*"')],
  ['of a part of a use', (text: string) => text.replace('"uses":2', '"uses":1.5')],
  ['for no use', (text: string) => text.replace('"uses":2', '"uses":0')],
  ['without an end', (text: string) => text.replace(/"expiresAt":\d+/, '"expiresAt":null')],
  ['used by nobody in particular', (text: string) => text.replace('"usedBy":[]', '"usedBy":0')],
  ['made by something else', (text: string) => text.replace('"kind":"owner"', '"kind":"root"')],
  ['ended by words', (text: string) => text.replace('"ended":null', '"ended":"no"')],
])(
  'one that is damaged (%s) invites nobody, is named, and stays in the file',
  async (_, damage) => {
    await save({ invitations: [FIRST, OTHER] })
    const document = damage(JSON.stringify(FIRST))
    expect(document).not.toBe(JSON.stringify(FIRST))
    const where = "WHERE invitation_id = 'invitation-ABCD'"
    inFile((file) =>
      file.prepare(`UPDATE sender_invitations SET document = ? ${where}`).run(document),
    )
    const { state, problems } = await load()
    expect(problems).toEqual(['invitation invitation-ABCD'])
    expect(state.invitations).toEqual([OTHER])
    expect(
      inFile((file) => file.prepare(`SELECT document FROM sender_invitations ${where}`).all()),
    ).toEqual([{ document }])
  },
)

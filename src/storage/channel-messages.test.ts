/** Messages under way in the store: kept once, over together with their answers, and found again in order. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Queued, Received } from '../channels/store.ts'
import { messageStore, type UnreadableMessages } from './channel-messages.ts'
import { openStore, type Store } from './open.ts'

const at: { dir: string; store: Store | null } = { dir: '', store: null }
beforeEach(async () => {
  at.dir = await mkdtemp(join(tmpdir(), 'channel-messages-'))
  at.store = await openStore(at.dir)
})
afterEach(async () => {
  await at.store?.close()
  await rm(at.dir, { recursive: true, force: true })
})

function store(): Store {
  if (at.store === null) throw new Error('the store is not open')
  return at.store
}

const messages = () => messageStore(store())

/** As the next start of the gateway finds it. */
async function reopened() {
  await at.store?.close()
  at.store = await openStore(at.dir)
  return messages().load()
}

function inFile(use: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(at.dir, 'store.sqlite'))
  use(database)
  database.close()
}

function received(messageId: string, change: Partial<Received> = {}): Received {
  return {
    channel: 'telegram',
    account: 'default',
    messageId,
    conversation: { kind: 'dm', id: '42' },
    sender: { id: '42', names: ['nick'], displayName: 'Nick 👩‍👩‍👧' },
    text: 'hello\n"you" 👋🏽',
    receivedAt: 1_000,
    draft: null,
    ...change,
  }
}

function queued(id: string, place: number, change: Partial<Queued> = {}): Queued {
  return {
    channel: 'telegram',
    account: 'default',
    id,
    place,
    to: { kind: 'group', id: '-100' },
    text: 'an answer 👋🏽',
    replyTo: '7',
    replaces: null,
    buttons: [{ label: 'Yes', data: 'yes' }],
    ...change,
  }
}

test('what waits is found again as it was', async () => {
  const message = received('1')
  const whileApproved = { senderId: '7', approvedAt: 1_000 }
  const picture = received('2', { text: '', receivedAt: 1_001 })
  expect(await messages().receive(message)).toBe(true)
  expect(await messages().receive(picture)).toBe(true)
  const answers = [queued('a', 1), queued('b', 2, { replyTo: null, buttons: [], whileApproved })]
  await messages().queue(answers)
  expect(await reopened()).toEqual({ waiting: [message, picture], queued: answers })
})

describe('a message that is delivered again', () => {
  test('is kept once, as it came first', async () => {
    await messages().receive(received('1'))
    expect(await messages().receive(received('1', { text: 'edited', receivedAt: 2_000 }))).toBe(
      false,
    )
    expect((await reopened()).waiting).toEqual([received('1')])
  })

  test('is not taken up again when it is over', async () => {
    await messages().receive(received('1'))
    await messages().finish(received('1'), [])
    expect(await messages().receive(received('1'))).toBe(false)
    expect((await reopened()).waiting).toEqual([])
  })

  test('at the same moment is kept once', async () => {
    const kept = await Promise.all([1, 2, 3].map(() => messages().receive(received('1'))))
    expect(kept.filter(Boolean)).toHaveLength(1)
  })

  test.each([{ account: 'second' }, { channel: 'discord' }, { messageId: '01' }])(
    'is another one under %j (R57)',
    async (other) => {
      await messages().receive(received('1'))
      expect(await messages().receive(received('1', other))).toBe(true)
      await messages().finish(received('1'), [])
      expect((await reopened()).waiting).toEqual([received('1', other)])
    },
  )
})

describe('a message that is over', () => {
  test('leaves its answers, and nothing of what it said', async () => {
    await messages().receive(received('1', { text: 'a secret of mine' }))
    await messages().finish(received('1'), [queued('a', 1), queued('b', 2)])
    expect(await reopened()).toEqual({ waiting: [], queued: [queued('a', 1), queued('b', 2)] })
    inFile((database) => {
      const rows = database.prepare('SELECT document FROM inbox').all()
      expect(rows).toEqual([{ document: '{}' }])
    })
  })

  test('is over together with its answers, or neither is', async () => {
    await messages().receive(received('1'))
    inFile((database) =>
      database.exec(
        "CREATE TRIGGER full BEFORE INSERT ON outbox WHEN NEW.id = 'b' BEGIN SELECT RAISE(ABORT, 'x'); END",
      ),
    )
    const answers = [queued('a', 1), queued('b', 2)]
    await expect(messages().finish(received('1'), answers)).rejects.toThrow()
    expect(await reopened()).toEqual({ waiting: [received('1')], queued: [] })

    inFile((database) => database.exec('DROP TRIGGER full'))
    await messages().finish(received('1'), answers)
    expect(await reopened()).toEqual({ waiting: [], queued: answers })
  })

  test('twice has one answer', async () => {
    await messages().receive(received('1'))
    await messages().finish(received('1'), [queued('a', 1)])
    await messages().finish(received('1'), [queued('a', 9, { text: 'another answer' })])
    expect((await reopened()).queued).toEqual([queued('a', 1)])
  })
})

test('answers come in the order of their places, whenever they were written', async () => {
  await messages().queue([queued('z', 10), queued('y', 2)])
  await messages().queue([queued('x', 1)])
  const { queued: found } = await reopened()
  expect(found.map(({ place }) => place)).toEqual([1, 2, 10])
})

test('messages come in the order in which they came, of one moment too', async () => {
  for (const id of ['9', '10', 'a', '1']) await messages().receive(received(id))
  const { waiting } = await reopened()
  expect(waiting.map(({ messageId }) => messageId)).toEqual(['9', '10', 'a', '1'])
})

test('a clock that jumps back changes nothing about the order in which messages came', async () => {
  await messages().receive(received('first', { receivedAt: 9_000 }))
  await messages().receive(received('second', { receivedAt: 1_000 }))
  await messages().receive(received('third', { receivedAt: 5_000 }))
  // Neither a repetition nor the end of another one moves anything.
  await messages().receive(received('first', { receivedAt: 9_001 }))
  await messages().receive(received('done', { receivedAt: 9_002 }))
  await messages().finish(received('done'), [])
  const { waiting } = await reopened()
  expect(waiting.map(({ messageId }) => messageId)).toEqual(['first', 'second', 'third'])
})

test('rows that cannot be read are named by their keys, and not by what is in them', async () => {
  for (const id of ['1', '2']) await messages().receive(received(id))
  await messages().queue([queued('a', 1), queued('b', 2)])
  const heard: UnreadableMessages[] = []
  const loads = () => messageStore(store(), (rows) => heard.push(rows)).load()
  await loads()
  expect(heard).toEqual([])
  inFile((database) =>
    database.exec(
      `UPDATE inbox SET document = '"hello' WHERE message_id = '1'; UPDATE outbox SET document = '' WHERE id = 'b'`,
    ),
  )
  const { waiting, queued: found } = await loads()
  expect([waiting.length, found.length]).toEqual([1, 1])
  const name = { channel: 'telegram', account: 'default', messageId: '1' }
  expect(heard).toEqual([{ inbox: [name], outbox: ['b'] }])
})

test('what was sent is forgotten, and nothing else is', async () => {
  await messages().queue([queued('a', 1), queued('b', 2)])
  await messages().forget('a')
  await messages().forget('a')
  await messages().forget('never queued')
  expect((await reopened()).queued).toEqual([queued('b', 2)])
})

test('that a message came is forgotten when it is over and old, never while it waits', async () => {
  for (const [id, receivedAt] of [
    ['waits', 1],
    ['old', 999],
    ['new', 1_000],
  ] as const)
    await messages().receive(received(id, { receivedAt }))
  for (const id of ['old', 'new']) await messages().finish(received(id), [])
  await messages().prune(1_000)
  expect(await messages().receive(received('old'))).toBe(true)
  expect(await messages().receive(received('new'))).toBe(false)
  expect(await messages().receive(received('waits'))).toBe(false)
})

test.each([
  '{',
  '{}',
  JSON.stringify({ ...received('1'), more: true }),
  JSON.stringify({ ...received('1'), sender: { id: 42, names: [], displayName: '' } }),
  JSON.stringify({ ...received('1'), conversation: { kind: 'broadcast', id: '42' } }),
  JSON.stringify({ ...received('1'), channel: '' }),
])('a message that is damaged (%s) is answered by nobody', async (document) => {
  await messages().receive(received('1'))
  await messages().receive(received('2'))
  inFile((database) =>
    database.prepare("UPDATE inbox SET document = ? WHERE message_id = '1'").run(document),
  )
  const { waiting } = await reopened()
  expect(waiting.map(({ messageId }) => messageId)).toEqual(['2'])
})

test.each([
  '{',
  '{}',
  JSON.stringify(queued('a', 1, { text: '' })),
  JSON.stringify({ ...queued('a', 1), to: { kind: 'dm', id: '' } }),
  JSON.stringify({ ...queued('a', 1), buttons: null }),
])('an answer that is damaged (%s) is sent to nobody', async (document) => {
  await messages().queue([queued('a', 1), queued('b', 2)])
  inFile((database) =>
    database.prepare("UPDATE outbox SET document = ? WHERE id = 'a'").run(document),
  )
  const { queued: found } = await reopened()
  expect(found.map(({ id }) => id)).toEqual(['b'])
})

test('an answer that waits already is not handed on a second time, whatever it says', async () => {
  const first = queued('send:k', 1, { text: 'pay 100' })
  const again = queued('send:k', 2, { text: 'pay 200' })
  expect(await messages().queue([first])).toEqual([first])
  expect(await messages().queue([again, queued('b', 3)])).toEqual([queued('b', 3)])
  await messages().receive(received('1'))
  expect(await messages().finish(received('1'), [again])).toEqual([])
  expect((await reopened()).queued).toEqual([first, queued('b', 3)])
})

/** Messages under way: the tables behind `channels/store.ts`. */
import { sql, type Transaction } from 'kysely'
import type { MessageStore, Queued, Received, ReceivedName } from '../channels/store.ts'
import type { Store } from './open.ts'
import type { Tables } from './schema.ts'
import { readQueued, readReceived } from './sender-documents.ts'

/** Of a message that is over, only that it came. */
const OVER = '{}'

/** `onUnreadable` hears of rows that a load leaves out. */
export function messageStore(
  store: Store,
  onUnreadable: (rows: UnreadableMessages) => void = () => {},
): MessageStore {
  return {
    receive: (message) => store.write((db) => receive(db, message)),
    drafted: ({ channel, account, messageId }, draft) =>
      store.write(async (db) => {
        await db
          .updateTable('inbox')
          .set({ document: sql`json_set(document, '$.draft', ${draft})` })
          .where('channel', '=', channel)
          .where('account', '=', account)
          .where('message_id', '=', messageId)
          .where('state', '=', 'waiting')
          .execute()
      }),
    finish: ({ channel, account, messageId }, answers) =>
      store.write(async (db) => {
        await db
          .updateTable('inbox')
          .set({ state: 'done', document: OVER })
          .where('channel', '=', channel)
          .where('account', '=', account)
          .where('message_id', '=', messageId)
          .execute()
        return queue(db, answers)
      }),
    queue: (messages) => store.write((db) => queue(db, messages)),
    forget: (id) =>
      store.write(async (db) => {
        await db.deleteFrom('outbox').where('id', '=', id).execute()
      }),
    async load() {
      const { waiting, queued, unreadable } = await loadMessages(store)
      if (unreadable.inbox.length + unreadable.outbox.length > 0) onUnreadable(unreadable)
      return { waiting, queued }
    },
    prune: (before) =>
      store.write(async (db) => {
        await db
          .deleteFrom('inbox')
          .where('state', '=', 'done')
          .where('received_at', '<', before)
          .execute()
      }),
  }
}

async function receive(db: Transaction<Tables>, message: Received): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('inbox')
    .values({
      channel: message.channel,
      account: message.account,
      message_id: message.messageId,
      state: 'waiting',
      document: JSON.stringify(message),
      received_at: message.receivedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

async function queue(
  db: Transaction<Tables>,
  messages: readonly Queued[],
): Promise<readonly Queued[]> {
  const added: Queued[] = []
  for (const message of messages) {
    const { id, channel, account, place } = message
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('outbox')
      .values({ id, channel, account, place, document: JSON.stringify(message) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if ((numInsertedOrUpdatedRows ?? 0n) > 0n) added.push(message)
  }
  return added
}

/** Rows that cannot be read: they are answered by nobody and sent to nobody. */
export interface UnreadableMessages {
  readonly inbox: readonly ReceivedName[]
  /** Ids. */
  readonly outbox: readonly string[]
}

export interface LoadedMessages {
  readonly waiting: readonly Received[]
  readonly queued: readonly Queued[]
  readonly unreadable: UnreadableMessages
}

/** In the order in which they came, which no clock decides. */
export async function loadMessages(store: Store): Promise<LoadedMessages> {
  const rows = await store.read(async (db) => ({
    inbox: await db
      .selectFrom('inbox')
      .select(['channel', 'account', 'message_id', 'document'])
      .where('state', '=', 'waiting')
      .orderBy(sql`rowid`)
      .execute(),
    outbox: await db.selectFrom('outbox').select(['id', 'document']).orderBy('place').execute(),
  }))
  const unreadable: { inbox: ReceivedName[]; outbox: string[] } = { inbox: [], outbox: [] }
  const waiting = rows.inbox.flatMap(({ channel, account, message_id: messageId, document }) => {
    const read = readReceived(document)
    if (read !== null) return [read]
    unreadable.inbox.push({ channel, account, messageId })
    return []
  })
  const queued = rows.outbox.flatMap(({ id, document }) => {
    const read = readQueued(document)
    if (read !== null) return [read]
    unreadable.outbox.push(id)
    return []
  })
  return { waiting, queued, unreadable }
}

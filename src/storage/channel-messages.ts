/** Messages under way: the tables behind `channels/store.ts`. */
import { sql, type Transaction } from 'kysely'
import type { MessageStore, Queued, Received } from '../channels/store.ts'
import type { Store } from './open.ts'
import type { Tables } from './schema.ts'
import { readQueued, readReceived } from './sender-documents.ts'

/** Of a message that is over, only that it came. */
const OVER = '{}'

export function messageStore(store: Store): MessageStore {
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
        await queue(db, answers)
      }),
    queue: (messages) => store.write((db) => queue(db, messages)),
    forget: (id) =>
      store.write(async (db) => {
        await db.deleteFrom('outbox').where('id', '=', id).execute()
      }),
    load: () => load(store),
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

async function queue(db: Transaction<Tables>, messages: readonly Queued[]): Promise<void> {
  for (const message of messages) {
    const { id, channel, account, place } = message
    await db
      .insertInto('outbox')
      .values({ id, channel, account, place, document: JSON.stringify(message) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

async function load(store: Store) {
  const rows = await store.read(async (db) => ({
    inbox: await db
      .selectFrom('inbox')
      .select('document')
      .where('state', '=', 'waiting')
      .orderBy('received_at')
      .execute(),
    outbox: await db.selectFrom('outbox').select('document').orderBy('place').execute(),
  }))
  return {
    waiting: rows.inbox.flatMap(({ document }) => readReceived(document) ?? []),
    queued: rows.outbox.flatMap(({ document }) => readQueued(document) ?? []),
  }
}

/** Rows of chat networks that cannot be read: they let nobody in and are answered by nobody, so they make way. */
import { sql } from 'kysely'
import { counted } from '../core/counted.ts'
import type { UnreadableMessages } from '../storage/channel-messages.ts'
import type { UnreadableSenders } from '../storage/senders.ts'
import { inStore, jsonLines } from './in-store.ts'
import type { Fault, Place, Step } from './types.ts'

export const senderRows: Step = { name: 'senders', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const health = await place.store.health()
  if (health.kind !== 'healthy') return []
  const { unreadable: people } = health.senders
  const { unreadableMessages: messages } = health
  return [
    ...(countOf(people) > 0 ? [badPeople(place, people)] : []),
    ...(messages.inbox.length + messages.outbox.length > 0 ? [badMessages(place, messages)] : []),
  ]
}

function countOf({ senders, requests, invitations }: UnreadableSenders): number {
  return senders.length + requests.length + invitations.length
}

function badPeople(place: Place, { senders, requests, invitations }: UnreadableSenders): Fault {
  return {
    kind: 'repairable',
    what: `${counted(senders.length, 'sender')}, ${counted(requests.length, 'request')} of strangers and ${counted(invitations.length, 'invitation')} in store.sqlite cannot be read: they let nobody in`,
    remedy: 'moved aside',
    next: 'Approve those people again when they write: `openclaw pairing list`',
    async repair() {
      await moveRows(place, 'senders', [
        ...senders.map((key) => ({ table: 'senders', key: keyOf(key, { sender_id: key.id }) })),
        ...requests.map((id) => ({ table: 'sender_requests', key: { request_id: id } })),
        ...invitations.map((id) => ({ table: 'sender_invitations', key: { invitation_id: id } })),
      ])
      return null
    },
  }
}

function badMessages(place: Place, { inbox, outbox }: UnreadableMessages): Fault {
  return {
    kind: 'repairable',
    what: `${counted(inbox.length, 'message')} to be answered and ${outbox.length} to be sent in store.sqlite cannot be read`,
    remedy: 'moved aside: they are neither answered nor sent',
    next: null,
    async repair() {
      await moveRows(place, 'messages', [
        ...inbox.map((key) => ({ table: 'inbox', key: keyOf(key, { message_id: key.messageId }) })),
        ...outbox.map((id) => ({ table: 'outbox', key: { id } })),
      ])
      return null
    },
  }
}

interface Row {
  readonly table: string
  readonly key: Readonly<Record<string, string>>
}

function keyOf(
  { channel, account }: { readonly channel: string; readonly account: string },
  rest: Row['key'],
): Row['key'] {
  return { channel, account, ...rest }
}

/** Written down before they go. */
async function moveRows(place: Place, name: string, rows: readonly Row[]): Promise<void> {
  await inStore(place, async (store) => {
    const found: object[] = []
    for (const row of rows) {
      const query = sql<object>`SELECT * FROM ${sql.table(row.table)} WHERE ${whereOf(row)}`
      found.push(...(await store.read((db) => query.execute(db))).rows)
    }
    await place.aside.write(`store.sqlite.${name}.jsonl`, jsonLines(found))
    await store.write(async (db) => {
      for (const row of rows)
        await sql`DELETE FROM ${sql.table(row.table)} WHERE ${whereOf(row)}`.execute(db)
    })
  })
}

function whereOf({ key }: Row) {
  const parts = Object.entries(key).map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
  return sql.join(parts, sql` AND `)
}

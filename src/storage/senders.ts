/** Senders and their requests in the store: the tables behind `senders/types.ts`. */
import type { Transaction } from 'kysely'
import type { SenderChange, SenderRef, SenderState, SenderStore } from '../senders/types.ts'
import type { Store } from './open.ts'
import type { Tables } from './schema.ts'
import { readApproval, readSenderRequest } from './sender-documents.ts'

export interface LoadedSenders {
  readonly state: SenderState
  /** Rows that cannot be read: nobody is let in by them. In words, for the log. */
  readonly problems: readonly string[]
  /** The same by table. */
  readonly unreadable: UnreadableSenders
}

export interface UnreadableSenders {
  readonly senders: readonly SenderRef[]
  /** Ids of requests. */
  readonly requests: readonly string[]
}

export async function loadSenders(store: Store): Promise<LoadedSenders> {
  const rows = await store.read(async (db) => ({
    senders: await db.selectFrom('senders').selectAll().execute(),
    requests: await db.selectFrom('sender_requests').selectAll().execute(),
  }))
  const unreadable: { senders: SenderRef[]; requests: string[] } = { senders: [], requests: [] }
  const approvals = rows.senders.flatMap(({ channel, account, sender_id: id, document }) => {
    const read = readApproval(document)
    // Whatever a row's key says, its document must say too: no row stands for two people.
    if (read?.channel === channel && read.account === account && read.id === id) return [read]
    unreadable.senders.push({ channel, account, id })
    return []
  })
  const requests = rows.requests.flatMap(({ request_id: id, document }) => {
    const read = readSenderRequest(document)
    if (read?.requestId === id) return [read]
    unreadable.requests.push(id)
    return []
  })
  const problems = [
    ...unreadable.senders.map(({ channel, account, id }) => `sender ${channel}:${account}:${id}`),
    ...unreadable.requests.map((id) => `request ${id}`),
  ]
  return { state: { approvals, requests }, problems, unreadable }
}

export function senderStore(store: Store): SenderStore {
  return { save: (change) => store.write((db) => save(db, change)) }
}

async function save(
  db: Transaction<Tables>,
  { approvals = [], revoked = [], requests = [], resolved = [] }: SenderChange,
): Promise<void> {
  for (const id of resolved)
    await db.deleteFrom('sender_requests').where('request_id', '=', id).execute()
  for (const { channel, account, id } of revoked)
    await db
      .deleteFrom('senders')
      .where('channel', '=', channel)
      .where('account', '=', account)
      .where('sender_id', '=', id)
      .execute()
  for (const approval of approvals) {
    const { channel, account, id } = approval
    const document = JSON.stringify(approval)
    await db
      .insertInto('senders')
      .values({ channel, account, sender_id: id, document })
      .onConflict((conflict) =>
        conflict.columns(['channel', 'account', 'sender_id']).doUpdateSet({ document }),
      )
      .execute()
  }
  for (const request of requests) {
    const document = JSON.stringify(request)
    await db
      .insertInto('sender_requests')
      .values({ request_id: request.requestId, document })
      .onConflict((conflict) => conflict.column('request_id').doUpdateSet({ document }))
      .execute()
  }
}

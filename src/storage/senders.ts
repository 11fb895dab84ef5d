/** Senders, their requests and invitations in the store: the tables behind `senders/types.ts`. */
import type { Transaction } from 'kysely'
import type { SenderChange, SenderRef, SenderState, SenderStore } from '../senders/types.ts'
import type { Store } from './open.ts'
import type { Tables } from './schema.ts'
import { readApproval, readInvitation, readSenderRequest } from './sender-documents.ts'

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
  /** Ids of invitations. */
  readonly invitations: readonly string[]
}

export async function loadSenders(store: Store): Promise<LoadedSenders> {
  const rows = await store.read(async (db) => ({
    senders: await db.selectFrom('senders').selectAll().execute(),
    requests: await db.selectFrom('sender_requests').selectAll().execute(),
    invitations: await db.selectFrom('sender_invitations').selectAll().execute(),
  }))
  const unreadable = {
    senders: [] as SenderRef[],
    requests: [] as string[],
    invitations: [] as string[],
  }
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
  const invitations = rows.invitations.flatMap(({ invitation_id: id, document }) => {
    const read = readInvitation(document)
    if (read?.invitationId === id) return [read]
    unreadable.invitations.push(id)
    return []
  })
  const problems = [
    ...unreadable.senders.map(({ channel, account, id }) => `sender ${channel}:${account}:${id}`),
    ...unreadable.requests.map((id) => `request ${id}`),
    ...unreadable.invitations.map((id) => `invitation ${id}`),
  ]
  return { state: { approvals, requests, invitations }, problems, unreadable }
}

export function senderStore(store: Store): SenderStore {
  return { save: (change) => store.write((db) => save(db, change)) }
}

async function save(db: Transaction<Tables>, change: SenderChange): Promise<void> {
  await takeAway(db, change)
  const { approvals = [], requests = [], invitations = [] } = change
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
  for (const invitation of invitations) {
    const document = JSON.stringify(invitation)
    await db
      .insertInto('sender_invitations')
      .values({ invitation_id: invitation.invitationId, document })
      .onConflict((conflict) => conflict.column('invitation_id').doUpdateSet({ document }))
      .execute()
  }
}

async function takeAway(
  db: Transaction<Tables>,
  { revoked = [], resolved = [], forgotten = [] }: SenderChange,
): Promise<void> {
  for (const id of resolved)
    await db.deleteFrom('sender_requests').where('request_id', '=', id).execute()
  for (const id of forgotten)
    await db.deleteFrom('sender_invitations').where('invitation_id', '=', id).execute()
  for (const { channel, account, id } of revoked)
    await db
      .deleteFrom('senders')
      .where('channel', '=', channel)
      .where('account', '=', account)
      .where('sender_id', '=', id)
      .execute()
}

/** The tables of the store, as `migrations/` makes them. Times are milliseconds since the epoch. */

export interface ConversationRow {
  session_key: string
  session_id: string
  agent_id: string
  /** The beginning of its first message. */
  title: string
  /** The beginning of its newest message. */
  preview: string
  /** Counts the messages that people sent: the next one gets the number after. */
  last_turn: number
  created_at: number
  updated_at: number
}

/** A turn is a person's message (part 0) and what the agent answered to it (part 1 and on). */
export interface MessageRow {
  session_key: string
  turn: number
  part: number
  role: 'user' | 'assistant'
  text: string
  run_id: string
  /** `null` for a person's message. */
  stop_reason: 'stop' | 'aborted' | null
  created_at: number
}

export interface MemoryRow {
  /** `kind:id` of the principal: whoever asks under another one never sees the row (R56). */
  owner: string
  agent_id: string
  memory_key: string
  value: string
  created_at: number
}

export interface MetaRow {
  name: string
  value: string
}

/** One device with all its approvals: they change together, or not at all. */
export interface DeviceRow {
  device_id: string
  /** JSON, as `device-documents.ts` has it. */
  document: string
  updated_at: number
}

export interface PairingRequestRow {
  request_id: string
  device_id: string
  document: string
}

export interface SetupCodeRow {
  setup_id: string
  document: string
}

/** A person who may write on one account of ours. */
export interface SenderRow {
  channel: string
  account: string
  sender_id: string
  /** JSON, as `sender-documents.ts` has it. */
  document: string
}

export interface SenderRequestRow {
  request_id: string
  document: string
}

export interface SenderInvitationRow {
  invitation_id: string
  document: string
}

/** A message that was let in: its key is what makes a second delivery of it nothing. */
export interface InboxRow {
  channel: string
  account: string
  message_id: string
  /** `waiting` for its answer, or `done`. */
  state: 'waiting' | 'done'
  /** JSON; `{}` once it is done: conversations keep what was said. */
  document: string
  received_at: number
}

/** One message that has still to be sent. */
export interface OutboxRow {
  id: string
  channel: string
  account: string
  /** Counts up: the order of sending. */
  place: number
  document: string
}

/** When somebody was last let in, to the hour. */
export interface LastUseRow {
  subject: string
  used_at: number
}

export interface MigrationRow {
  name: string
  /** SHA-256 of its SQL, hex: an applied migration never changes. */
  digest: string
  applied_at: number
}

export interface Tables {
  conversations: ConversationRow
  messages: MessageRow
  memory: MemoryRow
  meta: MetaRow
  devices: DeviceRow
  pairing_requests: PairingRequestRow
  setup_codes: SetupCodeRow
  senders: SenderRow
  sender_requests: SenderRequestRow
  sender_invitations: SenderInvitationRow
  inbox: InboxRow
  outbox: OutboxRow
  last_uses: LastUseRow
  schema_migrations: MigrationRow
}

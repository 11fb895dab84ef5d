/** Senders, their requests and invitations, and messages under way, as their rows hold them: JSON that a schema reads back. */
import { z } from 'zod'
import type { Queued, Received } from '../channels/store.ts'
import { jsonOf } from '../core/json.ts'
import type { SenderApproval, SenderInvitation, SenderRequest } from '../senders/types.ts'

const time = z.int()
const id = z.string().min(1)
const ref = { channel: id, account: id, id }
const names = z.array(z.string())

const approval = z.strictObject({
  ...ref,
  via: z.enum(['code', 'invite', 'name']),
  entry: z.string().nullable(),
  displayName: z.string(),
  approvedBy: z.string(),
  approvedAt: time,
  expiresAt: time.nullable(),
  ended: z.boolean(),
})

const request = z.strictObject({
  ...ref,
  requestId: id,
  code: z.string().regex(/^[A-Z2-9]{6}$/),
  entry: z.string().nullable(),
  names,
  displayName: z.string(),
  conversation: z.string().min(1).nullable().default(null),
  createdAt: time,
  told: z.boolean(),
  rejected: z.boolean(),
})

const invitation = z.strictObject({
  channel: id,
  account: id,
  invitationId: id,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  label: z.string(),
  uses: z.int().positive(),
  usedBy: z.array(id),
  approvalExpiresAt: time.nullable(),
  createdBy: z.string(),
  maker: z.strictObject({
    kind: z.enum(['owner', 'shared', 'device', 'api-key', 'user']),
    id: z.string(),
    madeBy: z.string().nullable(),
  }),
  createdAt: time,
  expiresAt: time,
  ended: z.enum(['cancelled', 'expired']).nullable(),
})

const conversation = z.strictObject({ kind: z.enum(['dm', 'group']), id })

const received = z.strictObject({
  channel: id,
  account: id,
  messageId: id,
  conversation,
  sender: z.strictObject({ id, names, displayName: z.string() }),
  text: z.string(),
  receivedAt: time,
  draft: z.string().min(1).nullable().default(null),
})

const queued = z.strictObject({
  channel: id,
  account: id,
  id,
  place: z.int(),
  to: conversation,
  text: z.string().min(1),
  replyTo: z.string().nullable(),
  replaces: z.string().min(1).nullable().default(null),
  buttons: z.array(z.strictObject({ label: z.string(), data: z.string() })),
  whileApproved: z.strictObject({ senderId: id, approvedAt: time }).exactOptional(),
})

/** `null` for what is none: nobody is let in by it, and nothing is sent for it. */
export function readApproval(text: string): SenderApproval | null {
  return approval.safeParse(jsonOf(text)).data ?? null
}

export function readSenderRequest(text: string): SenderRequest | null {
  return request.safeParse(jsonOf(text)).data ?? null
}

export function readInvitation(text: string): SenderInvitation | null {
  return invitation.safeParse(jsonOf(text)).data ?? null
}

export function readReceived(text: string): Received | null {
  return received.safeParse(jsonOf(text)).data ?? null
}

export function readQueued(text: string): Queued | null {
  return queued.safeParse(jsonOf(text)).data ?? null
}

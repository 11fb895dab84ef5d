/** People who write on chat networks, as the gateway shows them to commands. */
import { z } from 'zod'
import { line, localTime } from './output.ts'
import { table } from './table.ts'
import type { Context } from './types.ts'

export const senderApprovalShape = z.looseObject({
  channel: z.string(),
  accountId: z.string(),
  senderId: z.string(),
  via: z.string(),
  displayName: z.string(),
  approvedBy: z.string(),
  approvedAt: z.number(),
  expiresAt: z.number().nullable(),
  ended: z.boolean(),
})
export type ShownApproval = z.output<typeof senderApprovalShape>

export const senderRequestShape = z.looseObject({
  requestId: z.string(),
  channel: z.string(),
  accountId: z.string(),
  senderId: z.string(),
  code: z.string(),
  names: z.array(z.string()),
  displayName: z.string(),
  entry: z.string().optional(),
  expiresAt: z.number(),
})
export type ShownRequest = z.output<typeof senderRequestShape>

export const CHANNEL_ARGUMENT = {
  name: 'channel',
  description: 'telegram, discord or whatsapp',
  required: true,
} as const

export const ACCOUNT_OPTION = {
  flags: '--account <name>',
  description: 'the account of ours on that network (default)',
} as const

export const SENDER_EXPIRES_OPTION = {
  flags: '--expires <when>',
  description: '12h, 30d, 2027-01-01, or never (never)',
} as const

export function showApproval(approval: ShownApproval, context: Context): void {
  line(context, `${personOf(approval)} may write to the agents`)
  line(context, `  channel ${channelOf(approval)}`)
  line(context, `  id      ${approval.senderId}`)
  line(context, `  until   ${endOf(approval)}`)
}

export function showRequests(requests: readonly ShownRequest[], context: Context): void {
  table(
    context,
    ['code', 'channel', 'sender', 'name', 'until'],
    requests.map((one) => [
      one.code,
      channelOf(one),
      one.senderId,
      one.entry === undefined ? personOf(one) : `${personOf(one)}, as ${one.entry} of allowFrom`,
      localTime(one.expiresAt),
    ]),
  )
}

export function showApprovals(approved: readonly ShownApproval[], context: Context): void {
  table(
    context,
    ['channel', 'sender', 'name', 'by', 'until'],
    approved.map((one) => [
      channelOf(one),
      one.senderId,
      personOf(one),
      `${one.via}, ${one.approvedBy}`,
      endOf(one),
    ]),
  )
}

export function channelOf({
  channel,
  accountId,
}: {
  readonly channel: string
  readonly accountId: string
}): string {
  return accountId === 'default' ? channel : `${channel} (${accountId})`
}

/** What they call themselves: anybody can call themselves anything. */
export function personOf({
  displayName,
  senderId,
}: {
  readonly displayName: string
  readonly senderId: string
}): string {
  return displayName === '' ? senderId : displayName
}

function endOf({ expiresAt, ended }: ShownApproval): string {
  if (expiresAt === null) return 'revoked'
  return ended ? 'over' : localTime(expiresAt)
}

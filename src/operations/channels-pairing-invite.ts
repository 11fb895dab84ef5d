/** `channels.pairing.invite`: lets a person write before they ask: by the network's own id, or by a code that they send (SPEC 14.6). */
import { z } from 'zod'
import { DEFAULT_ACCOUNT, senderName } from '../senders/desk.ts'
import { makeInvitation, MOST_STANDING, MOST_USES } from '../senders/invite.ts'
import { inviteSender } from '../senders/resolve.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import { callingActor } from './device-answer.ts'
import { factWord } from './pairing-subject.ts'
import {
  accountShape,
  approvalView,
  channelShape,
  invitationView,
  type SenderParts,
} from './sender-answer.ts'
import { defineOperation, Refusal, type Call, type Operation } from './types.ts'

const input = z.strictObject({
  channel: channelShape,
  account: accountShape.default(DEFAULT_ACCOUNT),
  /** Without it a code is made. */
  sender: z.string().min(1).max(128).optional(),
  /** Of the approval (`never`); of the code, where one is made (`24h`). */
  expires: z.string().optional(),
  for: z
    .string()
    .max(64)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'a name of one line')
    .optional(),
  uses: z.int().min(1).max(MOST_USES).optional(),
  approvalExpires: z.string().optional(),
})
type Asked = z.output<typeof input>

/** A code that lies about is worth what the account is worth: it has an end. */
const LONGEST_MS = 30 * 86_400_000

export function channelsPairingInvite(parts: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.invite',
    summary:
      'Lets a person write who has not asked yet: by their id on the network, or, without one, by a code that they send.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/senders' },
    websocket: true,
    input,
    subject: (asked) =>
      asked.sender === undefined ? codeSubject(asked) : senderSubject(parts, asked.sender, asked),
    run: (asked, call) =>
      asked.sender === undefined
        ? inviteByCode(parts, asked, call)
        : inviteById(parts, asked.sender, { asked, call }),
  })
}

/** Whom it is for is the operator's own text, and stands in the list alone. */
function codeSubject({
  channel,
  account,
  expires = '24h',
  uses = 1,
  approvalExpires,
}: Asked): string {
  const until = approvalExpires === undefined ? '' : ` approvalExpires=${factWord(approvalExpires)}`
  return `code channel=${factWord(channel)} account=${factWord(account)} uses=${uses} expires=${factWord(expires)}${until}`
}

function senderSubject(
  { idOf }: SenderParts,
  sender: string,
  { channel, account, expires = 'never' }: Asked,
): string {
  const named = idOf(channel, sender)
  const id = named.kind === 'id' ? named.id : 'unreadable'
  return `sender=${senderName({ channel: factWord(channel), account: factWord(account), id })} expires=${factWord(expires)}`
}

async function inviteById(
  { desk, idOf }: SenderParts,
  sender: string,
  { asked, call }: { readonly asked: Asked; readonly call: Call },
) {
  const { channel, account, expires = 'never' } = asked
  const ofCodes = (['for', 'uses', 'approvalExpires'] as const).filter(
    (name) => asked[name] !== undefined,
  )
  if (ofCodes.length > 0)
    throw new Refusal(
      'invalid_input',
      `${ofCodes.join(', ')}: of an invitation by code; leave the sender out to make one`,
    )
  const expiresAt = parseExpiry(expires, desk.clock())
  const named = idOf(channel, sender)
  if (named.kind === 'invalid') throw new Refusal('invalid_input', `sender: ${named.problem}`)
  const ref = { channel, account, id: named.id }
  return approvalView(await inviteSender(desk, { sender: ref, expiresAt }, callingActor(call)))
}

async function inviteByCode(parts: SenderParts, asked: Asked, call: Call) {
  const { desk, makerOf, inviterStands } = parts
  const { channel, account, uses = 1 } = asked
  const ref = { channel, account }
  requirePairing(parts, ref)
  const { kind, id } = call.principal
  const made = await makeInvitation(
    desk,
    { account: ref, label: asked.for?.trim() ?? '', uses, ...endsOf(asked, desk.clock()) },
    {
      by: callingActor(call).name,
      maker: { kind, id, madeBy: makerOf(call.principal) },
      inviterStands,
    },
  )
  if (made.kind === 'full')
    throw new Refusal(
      'conflict',
      `${MOST_STANDING} invitations to this account stand: cancel some (\`openclaw pairing list ${channel}\`)`,
    )
  return { ...invitationView(made.invitation), code: made.code.reveal() }
}

/** A code that could let nobody in is not handed out. */
function requirePairing({ rules }: SenderParts, ref: Parameters<SenderParts['rules']>[0]): void {
  const found = rules(ref)
  if (found === null)
    throw new Refusal(
      'invalid_input',
      'no such account is configured: `openclaw channels status` shows those that are',
    )
  if (found.dmPolicy !== 'pairing')
    throw new Refusal(
      'conflict',
      `invitations count under dmPolicy pairing alone, and this account has ${found.dmPolicy}`,
    )
}

function endsOf(
  { expires = '24h', approvalExpires = 'never' }: Asked,
  now: number,
): { readonly expiresAt: number; readonly approvalExpiresAt: number | null } {
  const expiresAt = parseExpiry(expires, now)
  if (expiresAt === null || expiresAt - now > LONGEST_MS)
    throw new Refusal('invalid_input', 'expires: a code can be used for at most 30d')
  const approvalExpiresAt = parseExpiry(approvalExpires, now)
  if (approvalExpiresAt !== null && approvalExpiresAt <= expiresAt)
    throw new Refusal(
      'invalid_input',
      'approvalExpires: must be later than expires, or the last one to come would be let in for no time',
    )
  return { expiresAt, approvalExpiresAt }
}

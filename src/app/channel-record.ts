/** What the record keeps of a message on a chat network: who wrote, and whether they were heard; never what they wrote. */
import type { OwnerPorts } from '../channels/owner-decides.ts'
import type { Reception } from '../channels/reception.ts'
import type { Incoming } from '../channels/types.ts'
import { unreachable } from '../core/never.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../host/log.ts'
import type { Recorder, RequestEntry } from '../record/types.ts'
import { senderName } from '../senders/desk.ts'
import { triedInWords } from '../senders/invitations.ts'
import type { AccountRef } from '../senders/types.ts'
import type { Meters } from '../telemetry/meters.ts'

interface RecordParts {
  readonly record: Pick<Recorder, 'write' | 'fold' | 'open' | 'close'>
  readonly meters: Pick<Meters, 'message'>
  readonly newRequestId: () => string
  readonly clock: Clock
}

/** What a message does not have that a request has. */
const nobody = {
  surface: 'channel',
  forwarding: [],
  host: '',
  origin: null,
  method: null,
  fingerprint: null,
  code: null,
  failures: [],
  trace: [],
} as const

export function recordMessage(parts: RecordParts) {
  return (
    account: AccountRef,
    { sender, conversation }: Pick<Incoming, 'sender' | 'conversation'>,
    reception: Reception,
  ): void => {
    const code = codeOf(reception)
    if (code === 'nothing') return
    parts.meters.message(account.channel, code)
    const name = senderName({ ...account, id: sender.id === '' ? '?' : sender.id })
    const principal = code === null ? `sender:${name}` : null
    if (
      principal !== null &&
      parts.record.fold({ principal, client: name, operation: OPERATION, by: '' })
    )
      return
    const entry: RequestEntry = {
      ...nobody,
      requestId: parts.newRequestId(),
      at: parts.clock(),
      operation: OPERATION,
      peer: `${account.channel}:${account.account}`,
      client: name,
      outcome: code === null ? 'allowed' : 'refused',
      principal,
      code,
      trace: [
        {
          step: 'sender',
          verdict: code === null ? 'accept' : 'reject',
          reason: code,
          detail: conversation.kind === 'dm' ? detailOf(reception) : `group ${conversation.id}`,
        },
      ],
    }
    parts.record.write(entry)
  }
}

const OPERATION = 'message'

function detailOf(reception: Reception): string | null {
  if (reception.kind !== 'asked' || reception.tried === undefined) return null
  return triedInWords(reception.tried)
}

/** `null`: heard; `nothing`: no decision about anybody. */
function codeOf(reception: Reception) {
  switch (reception.kind) {
    case 'kept':
      return null
    case 'asked':
      return reception.full ? 'senders_waiting' : 'sender_not_paired'
    case 'denied':
      return reception.reason
    case 'ignored':
    case 'repeated':
    case 'stale':
    // An invitation that let somebody in is on the record as a change.
    case 'invited':
      return 'nothing'
    default:
      return unreachable(reception)
  }
}

/** A change that somebody asks for in a chat, with its entries in the record: opened on disk before, closed after (SPEC 10). */
export function recordChatChange(
  parts: RecordParts & { readonly log: Pick<Log, 'error'> },
): OwnerPorts['recorded'] {
  return async ({ operation, caller, subject }, run) => {
    const { principal } = caller
    const requestId = parts.newRequestId()
    const entry: RequestEntry = {
      ...nobody,
      requestId,
      at: parts.clock(),
      operation,
      peer: 'chat',
      client: principal.id,
      outcome: 'allowed',
      principal: `${principal.kind}:${principal.id}`,
      subject,
    }
    const opened = await parts.record.open(entry).catch(() => null)
    if (opened === null) return null
    const close = (outcome: 'done' | 'failed'): Promise<void> =>
      parts.record
        .close(opened, outcome, null)
        .catch(() => parts.log.error(`the record could not close ${requestId}`))
    try {
      const result = await run()
      await close('done')
      return result
    } catch (error) {
      await close('failed')
      throw error
    }
  }
}

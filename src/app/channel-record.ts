/** What the record keeps of a message on a chat network: who wrote, and whether they were heard; never what they wrote. */
import type { Reception } from '../channels/reception.ts'
import type { Incoming } from '../channels/types.ts'
import { unreachable } from '../core/never.ts'
import type { Clock } from '../core/clock.ts'
import type { Recorder, RequestEntry } from '../record/types.ts'
import { senderName } from '../senders/desk.ts'
import type { AccountRef } from '../senders/types.ts'

export function recordMessage(parts: {
  readonly record: Pick<Recorder, 'write' | 'fold'>
  readonly newRequestId: () => string
  readonly clock: Clock
}) {
  return (account: AccountRef, { sender, conversation }: Incoming, reception: Reception): void => {
    const code = codeOf(reception)
    if (code === 'nothing') return
    const name = senderName({ ...account, id: sender.id === '' ? '?' : sender.id })
    const principal = code === null ? `sender:${name}` : null
    if (principal !== null && parts.record.fold(principal, name, OPERATION)) return
    const entry: RequestEntry = {
      requestId: parts.newRequestId(),
      at: parts.clock(),
      surface: 'channel',
      operation: OPERATION,
      peer: `${account.channel}:${account.account}`,
      client: name,
      forwarding: [],
      host: '',
      origin: null,
      outcome: code === null ? 'allowed' : 'refused',
      principal,
      method: null,
      fingerprint: null,
      code,
      failures: [],
      trace: [
        {
          step: 'sender',
          verdict: code === null ? 'accept' : 'reject',
          reason: code,
          detail: conversation.kind === 'dm' ? null : `group ${conversation.id}`,
        },
      ],
    }
    parts.record.write(entry)
  }
}

const OPERATION = 'message'

/** `null`: heard; `nothing`: no decision about anybody. */
function codeOf(reception: Reception) {
  switch (reception.kind) {
    case 'kept':
      return null
    case 'asked':
      return 'sender_not_paired'
    case 'denied':
      return reception.reason
    case 'ignored':
    case 'repeated':
      return 'nothing'
    default:
      return unreachable(reception)
  }
}

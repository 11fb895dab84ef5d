/** Shows on its network that an answer is made: the account types, and edits where it can, within what the network takes. */
import type { ChannelHost } from '../channels/host.ts'
import type { DraftPorts, Put, ShowingPorts } from '../channels/showing.ts'
import type { MessageStore, Received } from '../channels/store.ts'
import type { Outgoing, Sent } from '../channels/types.ts'
import { replyOf } from './channel-place.ts'

/** Longer than any network takes that works. */
const PATIENCE_MS = 15_000
/** Networks take fewer messages where many read them: Telegram 20 a minute. */
const BETWEEN_MS = { dm: 1_500, group: 5_000 } as const

export interface ShowingParts {
  readonly host: ChannelHost
  readonly store: Pick<MessageStore, 'drafted'>
  readonly signal: AbortSignal
}

export function showingOf(message: Received, { host, store, signal }: ShowingParts): ShowingPorts {
  const account = host.account(message)
  if (account === null) return { typingMs: 0, typing: () => Promise.resolve(), draft: null }
  const { limits, edit } = account
  const draft: DraftPorts | null =
    edit === undefined
      ? null
      : {
          text: limits.text,
          betweenMs: BETWEEN_MS[message.conversation.kind],
          put: async (text, messageId) => put(await sendDraft(host, message, { text, messageId })),
          keep: (messageId) => store.drafted(message, messageId),
        }
  return {
    typingMs: limits.typingMs,
    typing: () => account.typing(message.conversation, signal),
    draft,
  }
}

function sendDraft(
  host: ChannelHost,
  message: Received,
  { text, messageId }: { readonly text: string; readonly messageId: string | null },
): Promise<Sent | null> {
  const outgoing: Outgoing = {
    id: `${message.channel}:${message.account}:${message.messageId}:draft`,
    to: message.conversation,
    text,
    replyTo: replyOf(message),
    buttons: [],
  }
  return host.between(message, message.conversation, async (account) => {
    // Not cut short when the answer is there: it has to be known whether the message is.
    const patience = AbortSignal.timeout(PATIENCE_MS)
    if (messageId === null) return account.send(outgoing, patience)
    const edited = await account.edit?.(messageId, outgoing, patience)
    return edited ?? { kind: 'refused', problem: 'what was sent here cannot be changed' }
  })
}

function put(sent: Sent | null): Put {
  if (sent === null) return { kind: 'busy' }
  return sent.kind === 'sent' ? { kind: 'shown', messageId: sent.messageId } : { kind: 'failed' }
}

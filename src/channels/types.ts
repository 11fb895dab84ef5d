/**
 * A chat network, as the gateway deals with all of them. One folder each; `index.ts` lists them, and
 * `contract.test.ts` runs over every one.
 */
import type { EntryKind } from '../senders/rules.ts'
import type { Envelope } from '../senders/admit.ts'
import type { AccountRef } from '../senders/types.ts'

/** A message as it came. Whoever wrote it is decided on before anybody calls {@link Incoming.read}. */
export interface Incoming extends Envelope {
  /** The network's name for it: the same when it is delivered again. */
  readonly messageId: string
  /** When it was written, in milliseconds since the epoch, by the network's clock. */
  readonly at: number
  /** Words of somebody else, passed on by the sender: they are no command of theirs. */
  readonly forwarded: boolean
  /** The text; `null` for what is no text: pictures, stickers, calls. */
  read(): string | null
}

/** Somebody pressed a button under a message of ours. */
export interface Press extends Envelope {
  readonly pressId: string
  /** What we put on the button. It says what is meant, and proves nothing about who pressed (R18). */
  readonly data: string
}

/** Where an answer goes. */
export type Address = Envelope['conversation']

export interface Button {
  readonly label: string
  /** Comes back as {@link Press.data}. At most 64 bytes: Telegram's limit. */
  readonly data: string
}

export interface Outgoing {
  /** Ours: the same when it is sent again, for networks that tell a repetition by it. */
  readonly id: string
  readonly to: Address
  /** At most {@link ChannelLimits.text} characters. */
  readonly text: string
  /** The message that it answers; `null` for none. */
  readonly replyTo: string | null
  readonly buttons: readonly Button[]
}

/** What came of sending. Anything thrown counts as `later` without a time. */
export type Sent =
  | { readonly kind: 'sent'; readonly messageId: string }
  /** The network says wait, or cannot be reached. `afterMs`: as it said; `null` when it said nothing. */
  | { readonly kind: 'later'; readonly afterMs: number | null; readonly problem: string }
  /** It will never take it: the person blocked us, the conversation is gone. */
  | { readonly kind: 'refused'; readonly problem: string }

export interface ChannelLimits {
  /** Characters of one message, in UTF-16 units. */
  readonly text: number
  /** Messages a second, all conversations together. */
  readonly perSecond: number
  /** Milliseconds between two messages to one person. */
  readonly betweenMs: number
  /** And into one group, where networks take fewer. */
  readonly groupBetweenMs: number
  /** For how many milliseconds people see that we type once we said so; 0 where that cannot be shown. */
  readonly typingMs: number
}

/** Hears what comes in over one account. Resolves when it is kept: only then may the network forget it. */
export interface Receiver {
  readonly message: (incoming: Incoming) => Promise<void>
  /** What the presser is told; `null` for nothing. */
  readonly press: (press: Press) => Promise<string | null>
  /** The account is connected, as far as it is one that connects. */
  readonly connected: () => void
}

/** An HTTP request to an account's webhook: whole, and not larger than the server lets through. */
export interface HookRequest {
  readonly method: 'GET' | 'POST'
  readonly query: URLSearchParams
  readonly header: (name: string) => string | null
  readonly body: Buffer
}

export type HookAnswer =
  | { readonly kind: 'taken'; readonly body: string }
  /** Neither signature nor token came: refused, and no guess (SPEC 2.4). */
  | { readonly kind: 'unsigned' }
  /** Signature or token do not hold: counted as a guess. */
  | { readonly kind: 'forged' }
  | { readonly kind: 'unreadable' }

export interface Probe {
  readonly ok: boolean
  /** Who the account is on its network: `@bot`. */
  readonly name: string | null
  readonly problem: string | null
}

/** One account of ours on one network, open. */
export interface ChannelAccount {
  readonly ref: AccountRef
  readonly limits: ChannelLimits
  /** Receives until `signal` fires; rejects when the connection ended for another reason, and is run again then. */
  run(receiver: Receiver, signal: AbortSignal): Promise<void>
  send(message: Outgoing, signal: AbortSignal): Promise<Sent>
  /**
   * Only where the network lets us change what we sent: an answer is shown while it grows. Doing it twice is doing it once;
   * `refused`: the message is gone, or too old.
   */
  readonly edit?: (messageId: string, message: Outgoing, signal: AbortSignal) => Promise<Sent>
  /** Shows that an answer is being made. Best effort. */
  typing(to: Address, signal: AbortSignal): Promise<void>
  probe(signal: AbortSignal): Promise<Probe>
  /** Only where the network calls us. */
  readonly hook?: (request: HookRequest, receiver: Receiver) => Promise<HookAnswer>
}

/** What an account remembers across restarts: where it stopped reading. */
export interface Cursor {
  get(): string | null
  /** Resolves when it is on disk. */
  set(value: string): Promise<void>
}

export interface AccountPorts {
  readonly cursor: Cursor
  /** For the operator's log. */
  readonly warn: (message: string) => void
}

/** How a network writes people's ids, for lists of them in the configuration and on the command line. */
export interface ChannelNaming {
  /** `telegram`. */
  readonly id: string
  /** `Telegram`. */
  readonly label: string
  readonly entryKind: (entry: string) => EntryKind
}

/** What of chat networks survives a restart: messages that wait for an answer, and answers that wait to be sent. */
import type { AccountRef, SenderFacts } from '../senders/types.ts'
import type { Address, Button } from './types.ts'

/** A message that was let in. */
export interface Received extends AccountRef {
  readonly messageId: string
  readonly conversation: Address
  readonly sender: SenderFacts
  /** `''` for what is no text. */
  readonly text: string
  /** When we got it, in milliseconds since the epoch. */
  readonly receivedAt: number
  /** The network's id of a message of ours that shows the answer as far as it was made; `null` for none. */
  readonly draft: string | null
}

export type ReceivedName = Pick<Received, 'channel' | 'account' | 'messageId'>

/** One message to be sent. */
export interface Queued extends AccountRef {
  /** The same for the same answer: a message that was answered twice is still sent once. */
  readonly id: string
  /** Counts up: the order within a conversation. */
  readonly place: number
  readonly to: Address
  readonly text: string
  readonly replyTo: string | null
  /** The network's id of a message of ours that this one takes the place of; `null`: it is a new one. */
  readonly replaces: string | null
  readonly buttons: readonly Button[]
  /** Sent only while this approval lets them write; left out: in any case. */
  readonly whileApproved?: ApprovalName
}

/** The one approval that this sender got at that moment: not another, before or after it. */
export interface ApprovalName {
  readonly senderId: string
  /** Milliseconds since the epoch. */
  readonly approvedAt: number
}

export interface MessageStore {
  /** On disk when it resolves. `false`: this message was here before, whatever became of it. */
  receive(message: Received): Promise<boolean>
  /** The answer so far is shown by a message of ours, which the answer will take the place of. */
  drafted(message: ReceivedName, draft: string): Promise<void>
  /** It is over, and these are its answers: both or neither. */
  finish(message: ReceivedName, answers: readonly Queued[]): Promise<readonly Queued[]>
  /** Resolves to those that were not here before: they alone are to be sent. */
  queue(messages: readonly Queued[]): Promise<readonly Queued[]>
  /** Sent, or never to be sent. */
  forget(id: string): Promise<void>
  /** What an earlier run of the gateway left, in order. */
  load(): Promise<{ readonly waiting: readonly Received[]; readonly queued: readonly Queued[] }>
  /** Forgets that messages came which no network delivers again by now. */
  prune(before: number): Promise<void>
}

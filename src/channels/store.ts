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
  readonly buttons: readonly Button[]
}

export interface MessageStore {
  /** On disk when it resolves. `false`: this message was here before, whatever became of it. */
  receive(message: Received): Promise<boolean>
  /** It is over, and these are its answers: both or neither. */
  finish(message: ReceivedName, answers: readonly Queued[]): Promise<void>
  queue(messages: readonly Queued[]): Promise<void>
  /** Sent, or never to be sent. */
  forget(id: string): Promise<void>
  /** What an earlier run of the gateway left, in order. */
  load(): Promise<{ readonly waiting: readonly Received[]; readonly queued: readonly Queued[] }>
  /** Forgets that messages came which no network delivers again by now. */
  prune(before: number): Promise<void>
}

/** The conversation as the page shows it: a pure step from one state to the next. */
import { unreachable } from './unreachable.ts'
import type { HistoryMessage } from './wire.ts'

export interface Message {
  readonly id: number
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly at: number | null
  /** `waiting`: not a word yet. `stopped`: the person stopped it. `failed`: see `problem`. */
  readonly state: 'complete' | 'waiting' | 'streaming' | 'stopped' | 'failed'
  readonly problem: string | null
}

export interface Conversation {
  readonly messages: readonly Message[]
  /** What was asked when the turn failed: for sending it again. */
  readonly failedText: string | null
}

export type Step =
  | { readonly kind: 'loaded'; readonly history: readonly HistoryMessage[] }
  | { readonly kind: 'asked'; readonly text: string; readonly at: number }
  | { readonly kind: 'delta'; readonly text: string }
  /** `text`: the whole reply, which is what counts. */
  | { readonly kind: 'done'; readonly text: string; readonly at: number }
  /** `text`: what had been said; `null` when only this page stopped listening. */
  | { readonly kind: 'stopped'; readonly text: string | null }
  | { readonly kind: 'failed'; readonly problem: string }

export const NOTHING_SAID: Conversation = { messages: [], failedText: null }

export function isAnswering({ messages }: Conversation): boolean {
  const state = messages.at(-1)?.state
  return state === 'waiting' || state === 'streaming'
}

export function advance(conversation: Conversation, step: Step): Conversation {
  switch (step.kind) {
    case 'loaded':
      return { messages: step.history.map(fromHistory), failedText: null }
    case 'asked':
      return asked(conversation, step.text, step.at)
    case 'delta':
      return answering(conversation, (last) => ({
        ...last,
        text: last.text + step.text,
        state: 'streaming',
      }))
    case 'done':
      return answering(conversation, (last) => ({
        ...last,
        text: step.text,
        at: step.at,
        state: 'complete',
      }))
    case 'stopped':
      return answering(conversation, (last) => ({
        ...last,
        text: step.text ?? last.text,
        state: 'stopped',
      }))
    case 'failed':
      return failed(conversation, step.problem)
    default:
      return unreachable(step)
  }
}

function fromHistory({ role, text, at, stopped }: HistoryMessage, id: number): Message {
  return { id, role, text, at, state: stopped ? 'stopped' : 'complete', problem: null }
}

function asked({ messages }: Conversation, text: string, at: number): Conversation {
  const id = (messages.at(-1)?.id ?? -1) + 1
  const question: Message = { id, role: 'user', text, at, state: 'complete', problem: null }
  const answer: Message = {
    id: id + 1,
    role: 'assistant',
    text: '',
    at: null,
    state: 'waiting',
    problem: null,
  }
  return { messages: [...messages, question, answer], failedText: null }
}

/** Changes the answer that is under way; without one, nothing. */
function answering(conversation: Conversation, change: (last: Message) => Message): Conversation {
  const last = conversation.messages.at(-1)
  if (last === undefined || !isAnswering(conversation)) return conversation
  return { ...conversation, messages: [...conversation.messages.slice(0, -1), change(last)] }
}

function failed(conversation: Conversation, problem: string): Conversation {
  const question = conversation.messages.at(-2)
  const after = answering(conversation, (last) => ({ ...last, state: 'failed', problem }))
  return after === conversation ? after : { ...after, failedText: question?.text ?? null }
}

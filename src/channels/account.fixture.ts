/** For tests: an account of a network that is only here, and messages that come in over it. */
import { TELEGRAM } from '../senders/desk.fixture.ts'
import type { Queued } from './store.ts'
import type { ChannelAccount, ChannelLimits, Incoming, Outgoing, Receiver, Sent } from './types.ts'

export interface Connection {
  readonly receiver: Receiver
  readonly signal: AbortSignal
  /** Ends it, for a reason or for none. */
  end(error?: Error): void
}

/** Takes everything at once, unless `answer` says otherwise. */
export function memoryAccount(limits: Partial<ChannelLimits> = {}) {
  const sent: Outgoing[] = []
  const tried: Outgoing[] = []
  const connections: Connection[] = []
  const edited: (readonly [messageId: string, text: string])[] = []
  const network: {
    answer: (message: Outgoing) => Promise<Sent>
    edits: (messageId: string) => Promise<Sent>
  } = {
    answer: ({ id }) => Promise.resolve({ kind: 'sent', messageId: `n${id}` }),
    edits: (messageId) => Promise.resolve({ kind: 'sent', messageId }),
  }
  const account: ChannelAccount = {
    ref: TELEGRAM,
    limits: {
      text: 4_000,
      perSecond: 30,
      betweenMs: 0,
      groupBetweenMs: 0,
      typingMs: 5_000,
      ...limits,
    },
    run(receiver, signal) {
      const ended = Promise.withResolvers<void>()
      const end = (error?: Error): void =>
        error === undefined ? ended.resolve() : ended.reject(error)
      connections.push({ receiver, signal, end })
      signal.addEventListener('abort', () => ended.resolve(), { once: true })
      return ended.promise
    },
    async send(message) {
      tried.push(message)
      const answer = await network.answer(message)
      if (answer.kind === 'sent') sent.push(message)
      return answer
    },
    async edit(messageId, { text }) {
      const answer = await network.edits(messageId)
      if (answer.kind === 'sent') edited.push([messageId, text])
      return answer
    },
    typing: () => Promise.resolve(),
    probe: () => Promise.resolve({ ok: true, name: '@bot', problem: null }),
  }
  const texts = () => sent.map(({ text }) => text)
  return { account, network, sent, tried, edited, connections, texts }
}

export interface IncomingMarks {
  readonly from?: string
  readonly names?: readonly string[]
  readonly group?: string
  readonly addressed?: boolean
  readonly forwarded?: boolean
  /** `null`: a picture. */
  readonly text?: string | null
}

export function incoming(messageId: string, marks: IncomingMarks = {}): Incoming {
  const { from = '42', names = [], group, addressed = true, text = `message ${messageId}` } = marks
  const { forwarded = false } = marks
  return {
    conversation: group === undefined ? { kind: 'dm', id: from } : { kind: 'group', id: group },
    sender: { id: from, names, displayName: `Mx ${from}` },
    addressed,
    messageId,
    at: Number.MAX_SAFE_INTEGER,
    forwarded,
    read: () => text,
  }
}

/** One whose text nobody may read. */
export function sealed(messageId: string, marks: IncomingMarks = {}): Incoming {
  return {
    ...incoming(messageId, marks),
    read() {
      throw new Error('the text of a stranger was read')
    },
  }
}

export function queued(id: string, place: number, to = '42'): Queued {
  return {
    ...TELEGRAM,
    id,
    place,
    to: { kind: 'dm', id: to },
    text: `text of ${id}`,
    replyTo: null,
    replaces: null,
    buttons: [],
  }
}

/** What an account keeps across restarts. */
export function memory() {
  const kept: { value: string | null; readonly history: string[] } = { value: null, history: [] }
  return {
    kept,
    cursor: {
      get: () => kept.value,
      set: async (value: string) => {
        kept.value = value
        kept.history.push(value)
      },
    },
  }
}

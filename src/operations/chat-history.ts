/** `chat.history`: what was said in a conversation, oldest first. */
import { z } from 'zod'
import type { ConversationMessage, Conversations } from '../agents/conversations.ts'
import type { Agents } from '../agents/index.ts'
import { MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import { wholeNumber } from './query-values.ts'
import { conversationOf } from './session-choice.ts'
import { defineOperation, type Operation } from './types.ts'

export interface ChatHistoryPorts {
  readonly conversations: Conversations
  readonly agents: () => Agents
}

const DEFAULT_LIMIT = 200
const MAX_LIMIT = 1000

const name = z.string().min(1).max(512)

const input = z.strictObject({
  /** A web chat may leave it out. */
  sessionKey: z.string().min(1).max(MAX_SESSION_KEY_LENGTH).optional(),
  agentId: name.optional(),
  limit: wholeNumber(1, MAX_LIMIT).optional(),
  offset: wholeNumber(0).optional(),
  cursor: z.string().max(4096).optional(),
  pendingBefore: wholeNumber(1).optional(),
  inputRunIds: z.array(z.string().min(1).max(256)).min(1).max(50).optional(),
  messageId: name.optional(),
  sessionId: name.optional(),
  maxChars: wholeNumber(1, 500_000).optional(),
})

export function chatHistory({ conversations, agents }: ChatHistoryPorts): Operation {
  return defineOperation({
    name: 'chat.history',
    summary: 'The newest messages of a session, oldest first.',
    requires: 'operator.read',
    webchat: true,
    changes: false,
    http: { method: 'GET', path: '/api/v1/sessions/:sessionKey/history' },
    websocket: true,
    input,
    async run(asked, { principal }) {
      const { sessionKey } = conversationOf(asked, agents(), principal)
      // We hand out no cursors, so whoever has one got it elsewhere and is told to start over.
      if (asked.cursor !== undefined) return { kind: 'reset' }

      const offset = asked.offset ?? 0
      const page = await conversations.history(sessionKey, asked.limit ?? DEFAULT_LIMIT, offset)
      return {
        sessionKey,
        ...(page.sessionId === null ? {} : { sessionId: page.sessionId }),
        messages: page.messages.map((message) => wireMessage(message, asked.maxChars)),
        hasMore: page.more,
        ...(page.more ? { nextOffset: offset + page.messages.length } : {}),
      }
    },
  })
}

/** `maxChars` cuts each text, and says so at its end. */
function wireMessage(message: ConversationMessage, maxChars: number | undefined) {
  const { role, text, at, runId, stopReason, turn, part } = message
  const cut = maxChars !== undefined && text.length > maxChars
  return {
    role,
    content: [{ type: 'text', text: cut ? `${text.slice(0, maxChars).toWellFormed()}…` : text }],
    timestamp: at,
    id: `${turn}.${part}`,
    runId,
    ...(stopReason === null ? {} : { stopReason }),
  }
}

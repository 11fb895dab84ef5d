/** `sessions.list`: the conversations of this gateway. They are the operators' in common (SPEC 3). */
import { z } from 'zod'
import type { Conversation, Conversations } from '../agents/conversations.ts'
import { MAIN_KEY } from '../agents/session-key.ts'
import type { Clock } from '../core/clock.ts'
import { flag, wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

export interface SessionsListPorts {
  readonly conversations: Conversations
  /** Whether a message of this session is being answered. */
  readonly busy: (sessionKey: string) => boolean
  readonly clock: Clock
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

const text = z.string().max(512)

/** As the protocol has it. Filters for what no session here has (labels, owners, archives) leave none. */
const input = z.strictObject({
  limit: wholeNumber(1).optional(),
  offset: wholeNumber(0).optional(),
  activeMinutes: wholeNumber(1).optional(),
  requireLastInteraction: flag.optional(),
  sortBy: z.enum(['updatedAt', 'lastInteractionAt']).optional(),
  includeGlobal: flag.optional(),
  includeUnknown: flag.optional(),
  configuredAgentsOnly: flag.optional(),
  includeDerivedTitles: flag.optional(),
  includeLastMessage: flag.optional(),
  label: text.min(1).optional(),
  boardFace: z.enum(['chat', 'dashboard']).optional(),
  creatorId: text.min(1).optional(),
  ownerId: text.min(1).optional(),
  ownerFirst: flag.optional(),
  involvingMe: flag.optional(),
  involvingProfileId: text.min(1).optional(),
  includePeople: flag.optional(),
  spawnedBy: text.min(1).optional(),
  agentId: text.min(1).optional(),
  search: text.optional(),
  archived: z.union([flag, z.literal('all')]).optional(),
})
type Asked = z.output<typeof input>

export function sessionsList({ conversations, busy, clock }: SessionsListPorts): Operation {
  return defineOperation({
    name: 'sessions.list',
    summary: 'The conversations of this gateway, the newest first.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/sessions' },
    websocket: true,
    input,
    async run(asked) {
      const now = clock()
      const offset = asked.offset ?? 0
      const page = matchesNone(asked)
        ? { conversations: [], total: 0 }
        : await conversations.list({
            agentId: asked.agentId ?? null,
            search: asked.search ?? null,
            updatedSince:
              asked.activeMinutes === undefined ? null : now - asked.activeMinutes * 60_000,
            limit: Math.min(asked.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
            offset,
          })
      const next = offset + page.conversations.length
      return {
        ts: now,
        path: 'store.sqlite',
        count: page.conversations.length,
        totalCount: page.total,
        hasMore: next < page.total,
        ...(next < page.total ? { nextOffset: next } : {}),
        defaults: { modelProvider: null, model: null, contextTokens: null },
        sessions: page.conversations.map((found) =>
          row(found, asked, busy(found.sessionKey) ? 'running' : 'done'),
        ),
      }
    },
  })
}

function matchesNone(asked: Asked): boolean {
  const { label, spawnedBy, creatorId, ownerId, involvingProfileId, boardFace, archived } = asked
  const named = [label, spawnedBy, creatorId, ownerId, involvingProfileId]
  return named.some((name) => name !== undefined) || boardFace === 'dashboard' || archived === true
}

function row(found: Conversation, asked: Asked, status: 'running' | 'done') {
  return {
    key: found.sessionKey,
    sessionId: found.sessionId,
    kind: 'direct',
    agentId: found.agentId,
    isMain: found.sessionKey === `agent:${found.agentId}:${MAIN_KEY}`,
    createdAt: found.createdAt,
    updatedAt: found.updatedAt,
    status,
    ...(asked.includeDerivedTitles === true ? { derivedTitle: found.title } : {}),
    ...(asked.includeLastMessage === true ? { lastMessagePreview: found.preview } : {}),
  }
}

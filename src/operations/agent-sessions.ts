/** How many conversations each agent has, and which changed last: `health` and `status` tell readers. */
import type { Agents } from '../agents/index.ts'
import type { Conversation, ConversationPage, Conversations } from '../agents/conversations.ts'

export interface RecentSession {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
  /** Milliseconds since then. */
  readonly age: number
}

/** As the protocol's clients know it. They print the path, so it is a name and no place on this host. */
export interface SessionStore {
  readonly path: string
  readonly count: number
  /** The one that changed last comes first. */
  readonly recent: readonly RecentSession[]
}

export interface AgentSessions {
  readonly agentId: string
  readonly name: string
  readonly isDefault: boolean
  readonly sessions: SessionStore
}

export interface SessionCounts {
  readonly byAgent: readonly AgentSessions[]
  /** Of agents that are not configured any more, too. */
  readonly all: SessionStore
}

const RECENT = 5

export async function countSessions(
  { defaultId, all }: Agents,
  conversations: Conversations,
  now: number,
): Promise<SessionCounts> {
  const newest = (agentId: string | null): Promise<ConversationPage> =>
    conversations.list({ agentId, search: null, updatedSince: null, limit: RECENT, offset: 0 })
  const [everything, ...pages] = await Promise.all([
    newest(null),
    ...all.map(async ({ id, name }) => ({ id, name, page: await newest(id) })),
  ])
  return {
    byAgent: pages.map(({ id, name, page }) => ({
      agentId: id,
      name,
      isDefault: id === defaultId,
      sessions: store(page, now),
    })),
    all: store(everything, now),
  }
}

function store({ conversations, total }: ConversationPage, now: number): SessionStore {
  return {
    path: 'store.sqlite',
    count: total,
    recent: conversations.map(({ sessionKey, updatedAt }: Conversation) => ({
      key: sessionKey,
      updatedAt,
      age: Math.max(0, now - updatedAt),
    })),
  }
}

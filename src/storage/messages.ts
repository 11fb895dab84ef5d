/** Conversations and their messages: the tables behind `agents/conversations.ts`. */
import { randomUUID } from 'node:crypto'
import { sql, type ExpressionBuilder, type Kysely, type Transaction } from 'kysely'
import type {
  Answer,
  Conversation,
  ConversationFilter,
  ConversationPage,
  Conversations,
  KeptQuestion,
  Question,
} from '../agents/conversations.ts'
import { readHistory } from './history.ts'
import { keptOr } from './kept.ts'
import type { Store } from './open.ts'
import type { ConversationRow, Tables } from './schema.ts'

const TITLE_LENGTH = 80
const PREVIEW_LENGTH = 120

export function conversationStore(store: Store): Conversations {
  return {
    ask: (question) => keptOr(() => store.write((db) => keepQuestion(db, question))),
    answer: (answer) => keptOr(() => store.write((db) => keepAnswer(db, answer))),
    history: (sessionKey, limit, offset) =>
      store.read((db) => readHistory(db, { sessionKey, limit, offset })),
    list: (filter) => store.read((db) => listConversations(db, filter)),
    reset: (sessionKey, at) => store.write((db) => reset(db, sessionKey, at)),
    async answerOf(sessionKey, runId) {
      const row = await store.read((db) =>
        db
          .selectFrom('messages')
          .select(['text', 'stop_reason'])
          .where(underKey(sessionKey))
          .where('run_id', '=', runId)
          .where('part', '>', 0)
          .executeTakeFirst(),
      )
      return row === undefined ? null : { text: row.text, stopReason: row.stop_reason }
    },
    async findBySessionId(sessionId) {
      const row = await store.read((db) =>
        db
          .selectFrom('conversations')
          .selectAll()
          .where('session_id', '=', sessionId)
          .executeTakeFirst(),
      )
      return row === undefined ? null : conversation(row)
    },
  }
}

async function keepQuestion(db: Transaction<Tables>, question: Question): Promise<KeptQuestion> {
  const { sessionKey, agentId, runId, text, at, again = false } = question
  const before = again ? await keptBefore(db, sessionKey, runId) : null
  if (before !== null) return before
  const { session_id: sessionId, last_turn: turn } = await db
    .insertInto('conversations')
    .values({
      session_key: sessionKey,
      session_id: randomUUID(),
      agent_id: agentId,
      title: beginning(text, TITLE_LENGTH),
      preview: beginning(text, PREVIEW_LENGTH),
      last_turn: 1,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict.column('session_key').doUpdateSet({
        last_turn: sql<number>`conversations.last_turn + 1`,
        title: sql<string>`CASE WHEN conversations.last_turn = 0 THEN ${beginning(text, TITLE_LENGTH)} ELSE conversations.title END`,
        preview: beginning(text, PREVIEW_LENGTH),
        updated_at: at,
      }),
    )
    .returning(['session_id', 'last_turn'])
    .executeTakeFirstOrThrow()
  await db
    .insertInto('messages')
    .values({
      session_key: sessionKey,
      turn,
      part: 0,
      role: 'user',
      text,
      run_id: runId,
      stop_reason: null,
      created_at: at,
    })
    .execute()
  return { kind: 'kept', sessionId, turn }
}

/** Between a key and the id of a conversation that was held under it before. */
const BEFORE = '~'
/** The next character: all keys that go on with `BEFORE` are less. */
const AFTER_BEFORE = '\u007f'

/** The conversation under this key, and those that were before it began anew. */
function underKey(sessionKey: string) {
  const [from, to] = [`${sessionKey}${BEFORE}`, `${sessionKey}${AFTER_BEFORE}`]
  return ({ eb }: ExpressionBuilder<Tables, 'messages'>) =>
    eb.or([
      eb('messages.session_key', '=', sessionKey),
      eb.and([eb('messages.session_key', '>', from), eb('messages.session_key', '<', to)]),
    ])
}

/** The old one keeps its id and gets another key, which nobody writes to. */
async function reset(db: Transaction<Tables>, sessionKey: string, at: number): Promise<boolean> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('session_key', '=', sessionKey)
    .executeTakeFirst()
  if (row === undefined || row.last_turn === 0) return false
  const { session_id: sessionId } = row
  const kept = `${sessionKey}${BEFORE}${sessionId}`
  const fresh = { session_id: randomUUID(), title: '', preview: '', last_turn: 0 }
  await db
    .updateTable('conversations')
    .set({ ...fresh, created_at: at, updated_at: at })
    .where('session_key', '=', sessionKey)
    .execute()
  await db
    .insertInto('conversations')
    .values({ ...row, session_key: kept })
    .execute()
  await db
    .updateTable('messages')
    .set({ session_key: kept })
    .where('session_key', '=', sessionKey)
    .execute()
  return true
}

async function keptBefore(
  db: Transaction<Tables>,
  sessionKey: string,
  runId: string,
): Promise<KeptQuestion | null> {
  const row = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.session_key', 'messages.session_key')
    .select(['messages.turn', 'conversations.session_id'])
    .where(underKey(sessionKey))
    .where('messages.run_id', '=', runId)
    .where('messages.part', '=', 0)
    .executeTakeFirst()
  return row === undefined ? null : { kind: 'kept', sessionId: row.session_id, turn: row.turn }
}

async function keepAnswer(db: Transaction<Tables>, answer: Answer): Promise<{ kind: 'kept' }> {
  const { sessionId, turn, runId, text, stopReason, at } = answer
  const { session_key: sessionKey } = await db
    .selectFrom('conversations')
    .select('session_key')
    .where('session_id', '=', sessionId)
    .executeTakeFirstOrThrow()
  await db
    .insertInto('messages')
    .values({
      session_key: sessionKey,
      turn,
      part: 1,
      role: 'assistant',
      text,
      run_id: runId,
      stop_reason: stopReason,
      created_at: at,
    })
    .execute()
  await db
    .updateTable('conversations')
    .set({ preview: beginning(text, PREVIEW_LENGTH), updated_at: at })
    .where('session_key', '=', sessionKey)
    .execute()
  return { kind: 'kept' }
}

async function listConversations(
  db: Kysely<Tables>,
  filter: ConversationFilter,
): Promise<ConversationPage> {
  const { agentId, search, updatedSince } = filter
  const pattern = search === null ? null : `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const matching = db
    .selectFrom('conversations')
    .$if(agentId !== null, (query) => query.where('agent_id', '=', agentId))
    .$if(updatedSince !== null, (query) => query.where('updated_at', '>=', updatedSince))
    .$if(pattern !== null, (query) =>
      query.where(sql<boolean>`lower(session_key || ' ' || title) LIKE ${pattern} ESCAPE '\\'`),
    )
  const { total } = await matching
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await matching
    .selectAll()
    .orderBy('updated_at', 'desc')
    .orderBy('session_key')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute()
  return { conversations: rows.map(conversation), total }
}

function conversation(row: ConversationRow): Conversation {
  return {
    sessionKey: row.session_key,
    sessionId: row.session_id,
    agentId: row.agent_id,
    title: row.title,
    preview: row.preview,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** One line; never half a character. */
function beginning(text: string, length: number): string {
  const line = wholeCharacters(text.slice(0, length * 4))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length <= length ? line : `${wholeCharacters(line.slice(0, length - 1))}…`
}

function wholeCharacters(cut: string): string {
  return cut.replace(/[\ud800-\udbff]$/, '')
}

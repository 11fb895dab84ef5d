/** A page of a conversation's messages: never more than fits into one frame. */
import { sql, type Kysely } from 'kysely'
import type { ConversationMessage, HistoryPage } from '../agents/conversations.ts'
import type { MessageRow, Tables } from './schema.ts'

/** So that a page stays below a frame's 25 MiB (PROTOCOL 1.4), whatever its characters need. */
const MAX_PAGE_CHARACTERS = 4_000_000

export interface PageAsked {
  readonly sessionKey: string
  readonly limit: number
  readonly offset: number
}

/** Sizes first: a page of the longest messages would be a hundred megabytes. */
export async function readHistory(db: Kysely<Tables>, asked: PageAsked): Promise<HistoryPage> {
  const found = await db
    .selectFrom('conversations')
    .select('session_id')
    .where('session_key', '=', asked.sessionKey)
    .executeTakeFirst()
  if (found === undefined) return { sessionId: null, messages: [], more: false }

  const places = await newestPlaces(db, asked)
  const fitting = fittingPlaces(places.slice(0, asked.limit))
  const messages = await readPlaces(db, asked.sessionKey, fitting)
  return { sessionId: found.session_id, messages, more: places.length > fitting.length }
}

interface Place {
  readonly turn: number
  readonly part: number
  readonly characters: number
}

/** One more than asked for tells whether there are older ones. */
function newestPlaces(db: Kysely<Tables>, asked: PageAsked): Promise<Place[]> {
  return db
    .selectFrom('messages')
    .select(['turn', 'part', sql<number>`length(text)`.as('characters')])
    .where('session_key', '=', asked.sessionKey)
    .orderBy('turn', 'desc')
    .orderBy('part', 'desc')
    .limit(asked.limit + 1)
    .offset(asked.offset)
    .execute()
}

/** The newest always, and older ones as long as the page stays small enough. */
function fittingPlaces(places: readonly Place[]): readonly Place[] {
  const total = { characters: 0 }
  const tooMany = places.findIndex(({ characters }, index) => {
    total.characters += characters
    return index > 0 && total.characters > MAX_PAGE_CHARACTERS
  })
  return tooMany === -1 ? places : places.slice(0, tooMany)
}

/** Oldest first. `places`: newest first; what was written since they were read is left out. */
async function readPlaces(
  db: Kysely<Tables>,
  sessionKey: string,
  places: readonly Place[],
): Promise<readonly ConversationMessage[]> {
  const [newest, oldest] = [places[0], places.at(-1)]
  if (newest === undefined || oldest === undefined) return []

  const wanted = new Set(places.map(({ turn, part }) => `${turn}.${part}`))
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('session_key', '=', sessionKey)
    .where('turn', '>=', oldest.turn)
    .where('turn', '<=', newest.turn)
    .orderBy('turn')
    .orderBy('part')
    .execute()
  return rows.filter(({ turn, part }) => wanted.has(`${turn}.${part}`)).map(message)
}

function message(row: MessageRow): ConversationMessage {
  return {
    turn: row.turn,
    part: row.part,
    role: row.role,
    text: row.text,
    runId: row.run_id,
    stopReason: row.stop_reason,
    at: row.created_at,
  }
}

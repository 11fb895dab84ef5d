/** What agents were told to remember: the table behind `agents/memory.ts`. */
import { createHash } from 'node:crypto'
import type { Memory } from '../agents/memory.ts'
import { keptOr } from './kept.ts'
import type { Store } from './open.ts'

/** For one caller and one agent, so that nobody fills the disk or makes a recall slow. */
export const MAX_FACTS = 1000

export function memoryStore(store: Store): Memory {
  return {
    remember: ({ owner, agentId }, { text, at }) =>
      keptOr(() =>
        store.write(async (db) => {
          const key = createHash('sha256').update(text).digest('hex')
          const mine = db
            .selectFrom('memory')
            .where('owner', '=', owner)
            .where('agent_id', '=', agentId)
          const { others } = await mine
            .where('memory_key', '!=', key)
            .select(({ fn }) => fn.countAll<number>().as('others'))
            .executeTakeFirstOrThrow()
          if (others >= MAX_FACTS) return { kind: 'full', limit: MAX_FACTS } as const

          await db
            .insertInto('memory')
            .values({ owner, agent_id: agentId, memory_key: key, value: text, created_at: at })
            .onConflict((conflict) =>
              conflict.columns(['owner', 'agent_id', 'memory_key']).doUpdateSet({ created_at: at }),
            )
            .execute()
          return { kind: 'kept' } as const
        }),
      ),

    recall: ({ owner, agentId }) =>
      store.read((db) =>
        db
          .selectFrom('memory')
          .select(['value as text', 'created_at as at'])
          .where('owner', '=', owner)
          .where('agent_id', '=', agentId)
          .orderBy('created_at', 'desc')
          .orderBy('memory_key')
          .execute(),
      ),
  }
}

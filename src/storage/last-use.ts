/** Keeps when senders, keys and users were last let in: the table behind `access/last-use.ts`. */
import type { LastUsed, LastUseStore } from '../access/last-use.ts'
import type { Meta } from './meta.ts'
import type { Store } from './open.ts'

const SINCE = 'last-use.since'

export function lastUseStore(store: Store): LastUseStore {
  return {
    async load() {
      const rows = await store.read((db) =>
        db.selectFrom('last_uses').selectAll().orderBy('used_at').execute(),
      )
      return rows.map(({ subject, used_at }): LastUsed => ({ subject, at: used_at }))
    },
    async save(uses) {
      await store.write(async (db) => {
        for (const { subject, at: used_at } of uses)
          await db
            .insertInto('last_uses')
            .values({ subject, used_at })
            .onConflict((conflict) => conflict.column('subject').doUpdateSet({ used_at }))
            .execute()
      })
    },
  }
}

/** Since when uses are noted: the first start that knew how. */
export async function lastUseSince(meta: Meta, now: number): Promise<number> {
  const saved = Number(meta.get(SINCE) ?? Number.NaN)
  if (Number.isFinite(saved)) return saved
  await meta.set(SINCE, String(now))
  return now
}

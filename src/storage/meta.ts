/** Small facts that the gateway keeps about itself, by name: the head of the record, for one. */
import type { Store } from './open.ts'

export interface Meta {
  /** From memory. `null` when it was never set. */
  get(name: string): string | null
  /** Resolves when it is on disk, and only then is it what `get` answers. */
  set(name: string, value: string): Promise<void>
}

/** Reads all of them once: there are few, and some are needed before anything may wait. */
export async function openMeta(store: Store): Promise<Meta> {
  const rows = await store.read((db) => db.selectFrom('meta').selectAll().execute())
  const values = new Map(rows.map(({ name, value }) => [name, value]))
  return {
    get: (name) => values.get(name) ?? null,
    async set(name, value) {
      await store.write((db) =>
        db
          .insertInto('meta')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute(),
      )
      values.set(name, value)
    },
  }
}

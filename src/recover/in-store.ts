/** Changes single rows of the store that is there, and writes them down as they were. */
import { openStore, type Store } from '../storage/open.ts'
import type { Place } from './types.ts'

export async function inStore(
  { stateDir }: Place,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await openStore(stateDir)
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

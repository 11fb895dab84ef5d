/** Looks at the store in a copy: opening it brings tables up to date and makes files, and an examination changes nothing. */
import { copyFile, constants, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { messageOf } from '../core/errors.ts'
import type { Head } from '../record/head.ts'
import { loadMessages, type UnreadableMessages } from '../storage/channel-messages.ts'
import { openMeta } from '../storage/meta.ts'
import { openStore, type Store } from '../storage/open.ts'
import { loadPairings, type LoadedPairings } from '../storage/pairings.ts'
import { loadSenders, type LoadedSenders } from '../storage/senders.ts'
import { metaHeads } from '../storage/record-head.ts'
import { StoreProblem } from '../storage/store-problem.ts'

export const STORE = 'store.sqlite'
/** Whatever SQLite keeps beside it. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const

export type StoreHealth =
  /** Not there, or as empty as a start that was killed at once leaves it. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'healthy'
      readonly pairings: LoadedPairings
      readonly senders: LoadedSenders
      readonly unreadableMessages: UnreadableMessages
      readonly head:
        | { readonly kind: 'readable'; readonly head: Head | null }
        | { readonly kind: 'garbled' }
    }
  /** `newer`: whole, and made by another version. */
  | { readonly kind: 'damaged' | 'newer'; readonly why: string }

/** Remembers what it saw, for as long as the files are as they were. */
export class StoreLook {
  readonly #stateDir: string
  #stamp = ''
  #health: StoreHealth = { kind: 'empty' }

  constructor(stateDir: string) {
    this.#stateDir = stateDir
  }

  async health(): Promise<StoreHealth> {
    const stamp = await stampOf(this.#stateDir)
    if (stamp !== this.#stamp) this.#health = await storeHealth(this.#stateDir)
    this.#stamp = stamp
    return this.#health
  }
}

async function stampOf(stateDir: string): Promise<string> {
  const names = [STORE, ...COMPANIONS.map((end) => `${STORE}${end}`)]
  const found = await Promise.all(
    names.map((name) => lstat(join(stateDir, name), { bigint: true }).catch(() => null)),
  )
  return found
    .map((one) => (one === null ? '-' : `${one.ino} ${one.size} ${one.mtimeNs} ${one.ctimeNs}`))
    .join(',')
}

async function storeHealth(stateDir: string): Promise<StoreHealth> {
  const found = await lstat(join(stateDir, STORE)).catch(() => null)
  if (found === null || found.size === 0) return { kind: 'empty' }
  return inCopy(stateDir, async (copy) => {
    try {
      const store = await openStore(copy)
      try {
        return await healthOf(store)
      } finally {
        await store.close()
      }
    } catch (error) {
      return unhealthy(error)
    }
  })
}

/** `work` gets the folder of a copy that is its own. */
export async function inCopy<Result>(
  stateDir: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-recover-'))
  try {
    // The -shm file is an index that SQLite makes anew.
    for (const name of [STORE, `${STORE}-wal`, `${STORE}-journal`]) {
      const there = (await lstat(join(stateDir, name)).catch(() => null))?.isFile() === true
      if (there)
        await copyFile(join(stateDir, name), join(folder, name), constants.COPYFILE_FICLONE)
    }
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function healthOf(store: Store): Promise<StoreHealth> {
  const check = await store.read((db) =>
    sql<{ integrity_check: string }>`PRAGMA integrity_check(3)`.execute(db),
  )
  const faults = check.rows.map((row) => row.integrity_check).filter((said) => said !== 'ok')
  if (faults.length > 0) return { kind: 'damaged', why: oneLine(faults.join('; ')) }
  const pairings = await loadPairings(store)
  const senders = await loadSenders(store)
  const { unreadable: unreadableMessages } = await loadMessages(store)
  const heads = metaHeads(await openMeta(store))
  // These tables are only named here: their rows are free text.
  for (const table of ['conversations', 'messages', 'memory'] as const)
    await store.read((db) => db.selectFrom(table).selectAll().limit(1).execute())
  const found = { kind: 'healthy', pairings, senders, unreadableMessages } as const
  try {
    return { ...found, head: { kind: 'readable', head: heads.load() } }
  } catch {
    return { ...found, head: { kind: 'garbled' } }
  }
}

function unhealthy(error: unknown): StoreHealth {
  const problem = error instanceof StoreProblem ? error : null
  if (problem?.kind === 'newer')
    return { kind: 'newer', why: 'was made by another version of the gateway' }
  return { kind: 'damaged', why: oneLine(messageOf(problem?.cause ?? error)) }
}

function oneLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 200) ?? ''
}

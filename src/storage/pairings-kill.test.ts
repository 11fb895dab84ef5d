/** `kill -9` before every single write of a change to devices: afterwards the store is as before or as after, never between. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHANGES, fillStore, gist, type Change } from './pairings-kill.fixture.ts'
import { openStore } from './open.ts'
import { loadPairings } from './pairings.ts'
import { STRACE, traced, writesAfterReady, type WriteCall } from './strace.fixture.ts'

/** `PAIRING_KILLS=all`: every change, and also while the store is closed after it; otherwise the changes that take another way through the store. */
const ALL = process.env['PAIRING_KILLS'] === 'all'
const USUALLY = new Set<Change>(['approve', 'remove', 'redeem'])
const AT_ONCE = 2

const root = mkdtempSync(join(tmpdir(), 'pairing-kill-'))
const base = join(root, 'base')
beforeAll(async () => {
  mkdirSync(base)
  await fillStore(base)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Run {
  readonly ready: boolean
  readonly acknowledged: boolean
  readonly killed: boolean
  readonly state: unknown
  readonly exact: string
}

/** One process, from READY to its death or its end, and what the next process finds. */
async function run(change: Change, name: string, death: WriteCall | null): Promise<Run> {
  const dir = join(root, name)
  const log = join(root, `${name}.log`)
  cpSync(base, dir, { recursive: true })
  const program = join(import.meta.dirname, 'pairings-change.fixture.ts')
  const { stdout, killed } = await traced([program, dir, change], { log, death })
  const found = await reopened(dir)
  rmSync(dir, { recursive: true })
  return { ready: stdout.includes('READY'), acknowledged: stdout.includes('ACK'), killed, ...found }
}

async function reopened(dir: string): Promise<Pick<Run, 'state' | 'exact'>> {
  const store = await openStore(dir)
  const { state, problems } = await loadPairings(store)
  await store.close()
  expect(problems).toEqual([])
  const database = new DatabaseSync(join(dir, 'store.sqlite'))
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  database.close()
  return { state: gist(state), exact: JSON.stringify(state) }
}

describe(STRACE ? 'a process that dies' : 'skipped: needs strace', () => {
  test.skipIf(!STRACE).each(CHANGES.filter((change) => ALL || USUALLY.has(change)))(
    'before any write of a change (%s) leaves the store as before or as after, and never takes back what was acknowledged',
    { timeout: 120_000 },
    async (change) => {
      const before = await reopened(base)
      const whole = await run(change, `${change}-whole`, null)
      expect(whole).toMatchObject({ ready: true, acknowledged: true, killed: false })
      expect(whole.state).not.toEqual(before.state)
      const deaths = writesAfterReady(join(root, `${change}-whole.log`)).filter(
        ({ unacknowledged }) => unacknowledged || ALL,
      )
      const names = new Set(deaths.map(({ name }) => name))
      expect([...names]).toEqual(expect.arrayContaining(['pwrite64', 'fdatasync', 'writev']))

      const runs: Run[] = []
      const left = deaths.entries()
      const worker = async (): Promise<void> => {
        for (const [index, death] of left) {
          const one = await run(change, `${change}-${index}`, death)
          const wrong = { ...one, death }
          expect(wrong).toMatchObject({ ready: true, killed: true })
          if (one.acknowledged || one.exact !== before.exact)
            expect({ death, state: one.state }).toEqual({ death, state: whole.state })
          runs.push(one)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      // It died on both sides of the moment that counts.
      expect(runs.some(({ exact }) => exact === before.exact)).toBe(true)
      expect(runs.some(({ exact }) => exact !== before.exact)).toBe(true)
    },
  )
})

/** What is forgotten of messages while the gateway runs: at the start and every hour, until it stops. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { messageStore } from '../storage/channel-messages.ts'
import { openStore, type Store } from '../storage/open.ts'
import { channelUpkeep, sayUnreadable } from './channel-upkeep.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = 1_800_000_000_000

const at: { dir: string; store: Store | null } = { dir: '', store: null }
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  at.dir = await mkdtemp(join(tmpdir(), 'channel-upkeep-'))
  at.store = await openStore(at.dir)
})
afterEach(async () => {
  vi.useRealTimers()
  await at.store?.close()
  await rm(at.dir, { recursive: true, force: true })
})

function gateway() {
  if (at.store === null) throw new Error('the store is not open')
  const store = messageStore(at.store)
  const time = { now: NOW }
  const failures: string[] = []
  const log = { failure: (message: string) => void failures.push(message) }
  const upkeep = channelUpkeep({ store, log, clock: () => time.now })
  return { upkeep, time, failures }
}

function inFile<Result>(use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(at.dir, 'store.sqlite'))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

function over(messageId: string, receivedAt: number): void {
  inFile((database) =>
    database
      .prepare("INSERT INTO inbox VALUES ('telegram', 'default', ?, 'done', '{}', ?)")
      .run(messageId, receivedAt),
  )
}

const remembered = (): readonly unknown[] =>
  inFile((database) => database.prepare('SELECT message_id FROM inbox').all()).map(
    (row) => row['message_id'],
  )

test('what no network delivers again is forgotten at the start, and every hour after it', async () => {
  over('old', NOW - 8 * DAY - 1)
  over('new', NOW - 8 * DAY)
  const { upkeep, time } = gateway()
  await upkeep.start()
  expect(remembered()).toEqual(['new'])

  time.now += 1
  vi.advanceTimersByTime(HOUR - 1)
  await upkeep.start()
  over('old again', NOW - 9 * DAY)
  vi.advanceTimersByTime(1)
  await expect.poll(remembered).toEqual([])
  over('much later', NOW - 9 * DAY)
  vi.advanceTimersByTime(HOUR)
  await expect.poll(remembered).toEqual([])
  upkeep.stop()
})

test('a failure is said once, and tried again until it works', async () => {
  over('old', NOW - 9 * DAY)
  inFile((database) =>
    database.exec(
      "CREATE TRIGGER full BEFORE DELETE ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END",
    ),
  )
  const { upkeep, failures } = gateway()
  await upkeep.start()
  await upkeep.start()
  expect(failures).toEqual(['old messages of chat networks could not be forgotten'])
  inFile((database) => database.exec('DROP TRIGGER full'))
  vi.advanceTimersByTime(HOUR)
  await expect.poll(remembered).toEqual([])
  upkeep.stop()
})

test('it ends with the gateway, and keeps no process alive', async () => {
  vi.useRealTimers()
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const { upkeep } = gateway()
  const before = timers()
  const started = upkeep.start()
  expect(timers()).toBe(before)
  await started
  upkeep.stop()

  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const again = gateway()
  await again.upkeep.start()
  expect(vi.getTimerCount()).toBe(1)
  again.upkeep.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('messages that cannot be read are counted in one line, and nothing of them is in it', () => {
  const said: string[] = []
  const name = { channel: 'telegram', account: 'work', messageId: '77' }
  sayUnreadable({ warn: (message) => void said.push(message) })({ inbox: [name], outbox: [] })
  expect(said).toEqual([
    '1 message that waited for an answer and 0 that waited to be sent cannot be read and are left out: `openclaw gateway stop && openclaw recover` moves them aside',
  ])
})

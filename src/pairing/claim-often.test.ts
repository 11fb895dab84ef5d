/** A node that claims something else over and over: what becomes of its request, and what that costs (R12). */
import { expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { remove } from './manage.ts'
import { approveSurface, askForSurface, claim, waitingSurfaces } from './nodes.ts'
import { OWNER, pair, PHONE } from './people.fixture.ts'
import { claimedSurface } from './surface.ts'

const MADE = { commands: ['a'] }
const OTHER = { commands: ['a', 'b'] }

async function nodeDesk() {
  const time = { now: 1_000_000 }
  const parts = memoryDesk({ clock: () => time.now })
  const { desk, events } = parts
  await pair(desk, { role: 'node', scopes: [] })
  const claims = async ({ commands }: { readonly commands: readonly string[] }): Promise<void> =>
    (await claim(desk, PHONE, claimedSurface({ caps: [], commands }))) ?? undefined
  const waits = () => waitingSurfaces(desk).map(({ request }) => request)
  const asked = () => events.filter(({ kind }) => kind === 'surface-requested').length
  await claims(MADE)
  return { ...parts, time, claims, waits, asked }
}

test.each([
  ['something else', OTHER],
  ['nothing that needs an approval', { commands: [] }],
])(
  'claiming %s within ten seconds leaves the request as it is: nothing is written or told',
  async (_what, claimed) => {
    const { time, claims, waits, events, written } = await nodeDesk()
    const before = [waits(), events.length, written.length]
    time.now += 9_999
    await claims(claimed)
    expect([waits(), events.length, written.length]).toEqual(before)
  },
)

test.each([10_000, -10_000])('%i ms later it is another request', async (later) => {
  const { time, claims, waits } = await nodeDesk()
  const [first] = waits()
  time.now += later
  await claims(OTHER)
  expect(waits()).toMatchObject([OTHER])
  expect(waits()[0]?.requestId).not.toBe(first?.requestId)
})

test('a node says what it can do once a connection: what came too early is asked for later', async () => {
  const { desk, time, claims, waits } = await nodeDesk()
  await claims({ commands: ['c'] })
  await claims(OTHER)
  await desk.flush()
  expect(waits()).toMatchObject([MADE])
  time.now += 10_000
  await desk.flush()
  expect(waits()).toMatchObject([OTHER])
})

test('so it is when the first request was approved meanwhile', async () => {
  const { desk, time, claims, waits } = await nodeDesk()
  await claims(OTHER)
  await approveSurface(desk, waits()[0]?.requestId ?? '', OWNER)
  expect(desk.book.find(PHONE)?.surface.approved).toMatchObject(MADE)
  time.now += 10_000
  await desk.flush()
  expect(waits()).toMatchObject([OTHER])
})

test('its last word counts, and a node that was removed has none', async () => {
  const { desk, time, claims, waits, asked } = await nodeDesk()
  await claims(OTHER)
  await claims(MADE)
  time.now += 10_000
  await desk.flush()
  expect(waits()).toMatchObject([MADE])
  await claims({ commands: ['c'] })
  await claims(OTHER)
  await remove(desk, PHONE, OWNER)
  time.now += 10_000
  await desk.flush()
  expect([waits(), asked()]).toEqual([[], 2])
})

test('what a full disk did not take is asked for with the next flush', async () => {
  const disk = { full: false }
  const time = { now: 1_000_000 }
  const write = async () => {
    if (disk.full) throw new Error('the disk is full')
  }
  const { desk } = memoryDesk({ clock: () => time.now, write })
  await pair(desk, { role: 'node', scopes: [] })
  await claim(desk, PHONE, claimedSurface({ caps: [], ...MADE }))
  await claim(desk, PHONE, claimedSurface({ caps: [], ...OTHER }))
  time.now += 10_000
  disk.full = true
  await expect(desk.flush()).rejects.toThrow('full')
  disk.full = false
  await desk.flush()
  expect(waitingSurfaces(desk)).toMatchObject([{ request: OTHER }])
})

test('somebody who asks in its place hears of the request that waits', async () => {
  const { desk, waits } = await nodeDesk()
  const [request] = waits()
  const claimed = claimedSurface({ caps: [], ...OTHER })
  expect(await askForSurface(desk, { nodeId: PHONE, claimed }, OWNER)).toMatchObject({
    kind: 'waiting',
    request,
    created: false,
  })
})

test('a node that claims and takes back all the time is told of twice in ten seconds at most', async () => {
  const { time, claims, events } = await nodeDesk()
  const before = events.length
  for (let second = 0; second < 60; second += 1) {
    time.now += 1_000
    await claims({ commands: second % 2 === 0 ? [] : ['a'] })
  }
  expect(events.length - before).toBeLessThanOrEqual(12)
})

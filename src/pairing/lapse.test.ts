/** A clock that is set back gives nothing back that was seen to be over: not at once, and not after a restart. */
import { describe, expect, test } from 'vitest'
import { liveGrant } from '../access/devices.ts'
import { standingOf } from './authority.ts'
import { memoryDesk, type DeskOptions } from './desk.fixture.ts'
import { issued, remove, rename, rotate } from './manage.ts'
import { memoryMedium } from './model-media.fixture.ts'
import { approveSurface, claim, waitingSurfaces } from './nodes.ts'
import { BY_OWNER, byToken, LAPTOP, OWNER, pair, PHONE, requestOf, wish } from './people.fixture.ts'
import { makeSetupCode, redeem } from './redeem.ts'
import { approve, approveUnasked } from './resolve.ts'
import { approvedSurface, claimedSurface } from './surface.ts'

const DAY = 86_400_000
const START = 1_800_000_000_000

/** A gateway that can be started again, over a disk that can be full. */
function lives() {
  const time = { now: START }
  const disk = { full: false, writes: 0 }
  const medium = memoryMedium()
  const write: DeskOptions['write'] = async (change) => {
    if (disk.full) throw new Error('the disk is full')
    disk.writes += 1
    await medium.save(change)
  }
  const start = async () =>
    memoryDesk({ saved: await medium.reopen(), clock: () => time.now, write }).desk
  return { time, disk, start }
}

type Desk = Awaited<ReturnType<ReturnType<typeof lives>['start']>>

function live(desk: Desk, now: number, device = PHONE): boolean {
  const known = desk.book.find(device)
  return known !== null && liveGrant(known, 'operator', now) !== null
}

describe('an approval that is over', () => {
  test.each<[string, (desk: Desk) => unknown]>([
    ['a judgement', (desk) => desk.book.find(PHONE)],
    ['a list', (desk) => desk.book.devices()],
    ['a sweep', (desk) => desk.flush()],
  ])('and was seen so by %s stays so when the clock is set back', async (_what, look) => {
    const { time, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    expect(live(desk, time.now)).toBe(true)
    time.now += DAY
    await look(desk)
    time.now = START
    expect(live(desk, time.now)).toBe(false)
    expect(issued(desk, PHONE, 'operator')).toBeNull()
    expect(standingOf(byToken(PHONE), desk.book, time.now)).toEqual({ kind: 'over' })
    expect(
      (await rotate(desk, { deviceId: PHONE, role: 'operator', scopes: null }, OWNER)).kind,
    ).toBe('denied')
    expect(await approveUnasked(desk, wish(), 'gateway:unasked')).toBe('changed')
  })

  test.each<[string, (desk: Desk) => Promise<unknown>]>([
    ['the next flush', (desk) => desk.flush()],
    ['whatever is written next', (desk) => requestOf(desk, { device: LAPTOP })],
    [
      'a change of the device itself',
      (desk) => rename(desk, { deviceId: PHONE, label: 'x' }, OWNER),
    ],
  ])('is so after a restart, once %s took it to the disk', async (_what, act) => {
    const { time, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    time.now += DAY
    desk.book.find(PHONE)
    await act(desk)
    time.now = START
    expect(live(await start(), time.now)).toBe(false)
  })

  test('and whose end passed while the gateway was down is over from the start on', async () => {
    const { time, start } = lives()
    await pair(await start(), { expiresAt: START + DAY })
    time.now += DAY
    await (await start()).flush()
    time.now = START
    expect(live(await start(), time.now)).toBe(false)
  })

  test('is written once, and a full disk is tried again', async () => {
    const { time, disk, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    time.now += DAY
    disk.full = true
    await expect(desk.flush()).rejects.toThrow('full')
    await expect(requestOf(desk, { device: LAPTOP })).rejects.toThrow('full')
    disk.full = false
    const before = disk.writes
    await desk.flush()
    await desk.flush()
    expect(disk.writes - before).toBe(1)
    time.now = START
    expect(live(await start(), time.now)).toBe(false)
  })

  test('stays over when what was decided before its end is written after it', async () => {
    const { time, disk, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    const renaming = rename(desk, { deviceId: PHONE, label: 'x' }, OWNER)
    // The turn has begun, and its write is under way.
    const before = disk.writes
    while (disk.writes === before) await Promise.resolve()
    time.now += DAY
    expect(live(desk, time.now)).toBe(false)
    time.now = START
    await renaming
    expect(live(desk, time.now)).toBe(false)
    await desk.flush()
    expect(live(await start(), time.now)).toBe(false)
  })

  test('is on disk with a change that was decided before its end, and waited for the disk', async () => {
    const { time, disk, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    await pair(desk, { device: LAPTOP })
    disk.full = true
    await expect(remove(desk, LAPTOP, OWNER)).rejects.toThrow('full')
    disk.full = false
    const renaming = rename(desk, { deviceId: PHONE, label: 'x' }, OWNER)
    // What is owed of the removal is written first.
    const before = disk.writes
    while (disk.writes === before) await Promise.resolve()
    time.now += DAY
    expect(live(desk, time.now)).toBe(false)
    await renaming
    time.now = START
    expect(live(await start(), time.now)).toBe(false)
  })

  test('is in force again when somebody approves it, for as long as they say', async () => {
    const { time, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + DAY })
    // A clock that ran ahead by years ends what had an end, and nothing that is approved later.
    time.now += 3_650 * DAY
    await desk.flush()
    time.now = START
    await pair(desk, { expiresAt: START + 2 * DAY })
    time.now += DAY
    const again = await start()
    expect([live(desk, time.now), live(again, time.now)]).toEqual([true, true])
  })

  test('an approval without an end, or in its time, is no business of the clock', async () => {
    const { time, disk, start } = lives()
    const desk = await start()
    await pair(desk, { expiresAt: START + 10 * DAY })
    await pair(desk, { device: LAPTOP })
    time.now += 9 * DAY
    const before = disk.writes
    await desk.flush()
    time.now -= 100 * DAY
    await desk.flush()
    expect(disk.writes).toBe(before)
    expect([live(desk, time.now), live(desk, time.now, LAPTOP)]).toEqual([true, true])
  })
})

test('what a node was allowed until then is over as well', async () => {
  const { time, start } = lives()
  const desk = await start()
  await pair(desk, { device: LAPTOP, scopes: ['operator.admin'], expiresAt: START + DAY })
  await pair(desk, { role: 'node', scopes: [] })
  await claim(desk, PHONE, claimedSurface({ caps: [], commands: ['a'] }))
  const requestId = waitingSurfaces(desk)[0]?.request.requestId ?? ''
  await approveSurface(desk, requestId, byToken(LAPTOP, 'operator.admin'))
  const allowed = (at: Desk) => {
    const node = at.book.find(PHONE)
    return node === null ? [] : approvedSurface(node, time.now).commands
  }
  expect(allowed(desk)).toEqual(['a'])
  time.now += DAY
  await desk.flush()
  time.now = START
  expect([allowed(desk), allowed(await start())]).toEqual([[], []])
})

describe('a setup code that is over', () => {
  test.each([
    ['by its own time', 600_000, null],
    ['with the approval of its maker', 60_000, START + 60_000],
  ])('%s stays so', async (_why, after, expiresAt) => {
    const { time, start } = lives()
    const desk = await start()
    await pair(desk, {
      device: LAPTOP,
      scopes: ['operator.admin'],
      ...(expiresAt !== null && { expiresAt }),
    })
    const made = await makeSetupCode(desk, 'node', byToken(LAPTOP, 'operator.admin'), BY_OWNER)
    const digest = made.kind === 'made' ? made.token.digest() : ''
    time.now += after - 1
    expect(desk.book.findSetupCode(digest)).not.toBeNull()
    expect(desk.book.wasSetupCode(digest)).toBe(false)
    time.now += 1
    expect(desk.book.findSetupCode(digest)).toBeNull()
    expect(desk.book.wasSetupCode(digest)).toBe(true)
    time.now = START
    const node = wish({ role: 'node', scopes: [] })
    expect(desk.book.findSetupCode(digest)).toBeNull()
    expect((await redeem(desk, digest, node)).kind).toBe('gone')
    await desk.flush()
    const again = await start()
    expect((await redeem(again, digest, node)).kind).toBe('gone')
    expect(again.book.wasSetupCode(digest)).toBe(true)
  })

  test('is told from one that was used, and from what was never one', async () => {
    const { time, start } = lives()
    const desk = await start()
    const made = await makeSetupCode(desk, 'node', OWNER, BY_OWNER)
    const digest = made.kind === 'made' ? made.token.digest() : ''
    expect((await redeem(desk, digest, wish({ role: 'node', scopes: [] }))).kind).toBe('redeemed')
    time.now += DAY
    expect([desk.book.wasSetupCode(digest), desk.book.wasSetupCode('0'.repeat(64))]).toEqual([
      false,
      false,
    ])
  })

  test('but one that a clock far behind makes look too new is not', async () => {
    const { time, start } = lives()
    const desk = await start()
    const made = await makeSetupCode(desk, 'node', OWNER, BY_OWNER)
    const digest = made.kind === 'made' ? made.token.digest() : ''
    time.now -= DAY
    await desk.flush()
    expect(desk.book.findSetupCode(digest)).toBeNull()
    time.now = START + 1
    expect(desk.book.findSetupCode(digest)).not.toBeNull()
  })
})

test('an approval that is given a later end while its end is seen has the later one', async () => {
  const { time, disk, start } = lives()
  const desk = await start()
  await pair(desk, { expiresAt: START + DAY })
  const requestId = await requestOf(desk, { scopes: ['operator.write'] })
  const before = disk.writes
  const approving = approve(desk, { requestId, expiresAt: START + 9 * DAY }, OWNER)
  while (disk.writes === before) await Promise.resolve()
  time.now += DAY
  expect(live(desk, time.now)).toBe(false)
  await approving
  expect(live(desk, time.now)).toBe(true)
})

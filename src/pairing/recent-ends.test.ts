/** Who lost an approval a moment ago: for so long, and no longer remembered than that. */
import { expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { remove, rotate } from './manage.ts'
import { OWNER, pair, PHONE } from './people.fixture.ts'
import { RecentEnds } from './recent-ends.ts'

test.each([
  [0, true],
  [59_999, true],
  [-59_999, true],
  [60_000, false],
  [-60_000, false],
])('%i ms later: %s', (later, recent) => {
  const ends = new RecentEnds()
  ends.add('phone', 1_000_000)
  expect(ends.has('phone', 1_000_000 + later)).toBe(recent)
  expect(ends.has('laptop', 1_000_000 + later)).toBe(false)
})

test('a device that is given another token has lost nothing', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await rotate(desk, { deviceId: PHONE, role: 'operator', scopes: null }, OWNER)
  expect(desk.tookAway(PHONE)).toBe(false)
  await remove(desk, PHONE, OWNER)
  expect(desk.tookAway(PHONE)).toBe(true)
})

test('what a full disk does not take was taken away all the same', async () => {
  const disk = { full: false }
  const write = async () => {
    if (disk.full) throw new Error('the disk is full')
  }
  const { desk } = memoryDesk({ write })
  await pair(desk)
  disk.full = true
  await expect(remove(desk, PHONE, OWNER)).rejects.toThrow('full')
  expect(desk.tookAway(PHONE)).toBe(true)
})

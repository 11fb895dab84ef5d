import { describe, expect, it } from 'vitest'
import { LastUse, type LastUsed } from './last-use.ts'

const HOUR = 3_600_000
const NOW = 100 * HOUR

function store() {
  const saved: LastUsed[] = []
  return { saved, save: async (uses: readonly LastUsed[]) => void saved.push(...uses) }
}

describe('when somebody was last let in', () => {
  it('is written once an hour, however busy they are', async () => {
    const [uses, disk] = [new LastUse(0), store()]
    for (let minute = 0; minute < 150; minute += 1) {
      uses.saw('sender', NOW + minute * 60_000)
      await uses.flush(disk)
    }
    expect(disk.saved.map(({ at }) => at - NOW)).toEqual([0, HOUR, 2 * HOUR])
    expect(uses.lastAt('sender')).toBe(NOW + 2 * HOUR)
    expect(uses.lastAt('nobody')).toBeNull()
  })

  it('is kept when the disk did not take it', async () => {
    const [uses, disk] = [new LastUse(0), store()]
    uses.saw('a', NOW)
    await expect(uses.flush({ save: () => Promise.reject(new Error('full')) })).rejects.toThrow()
    await uses.flush(disk)
    expect(disk.saved).toEqual([{ subject: 'a', at: NOW }])
  })

  it('goes back with a clock that was set back', () => {
    const uses = new LastUse(0, [{ subject: 'a', at: NOW }])
    uses.saw('a', NOW - 2 * HOUR)
    expect(uses.lastAt('a')).toBe(NOW - 2 * HOUR)
  })

  it('is bounded: the idlest is forgotten first', () => {
    const uses = new LastUse(0, [], 2)
    uses.saw('a', NOW)
    uses.saw('b', NOW)
    uses.saw('a', NOW + HOUR)
    uses.saw('c', NOW + HOUR)
    expect(['a', 'b', 'c'].map((subject) => uses.lastAt(subject) !== null)).toEqual([
      true,
      false,
      true,
    ])
  })
})

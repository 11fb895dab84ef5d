import { expect, onTestFinished, test, vi } from 'vitest'
import type { NoteEntry } from '../record/types.ts'
import { lockNotes } from './lock-notes.ts'

test('R32: fifty locks a second are told one by one, the others as a count', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const notes: NoteEntry[] = []
  const lines: string[] = []
  const clock = { now: 5_000 }
  const locks = lockNotes({
    record: { note: (note) => notes.push(note) },
    log: { warn: (line) => lines.push(line) },
    clock: () => clock.now,
  })
  for (let n = 0; n < 10_000; n += 1) locks.created(`192.0.2.${n}`, 'shared')
  expect(notes).toHaveLength(50)
  clock.now += 1_000
  vi.advanceTimersByTime(1_000)
  expect(notes.at(-1)).toMatchObject({ event: 'lock.created.more', facts: { count: 9_950 } })
  expect(lines).toHaveLength(51)
  locks.created('198.51.100.1', 'shared')
  expect(notes.at(-1)).toMatchObject({ event: 'lock.created', facts: { address: '198.51.100.1' } })
})

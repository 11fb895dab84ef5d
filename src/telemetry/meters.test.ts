import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../agents/types.ts'
import { Meters } from './meters.ts'

const meters = () => new Meters({ classes: ['shared'], channels: ['telegram'] })
const AT = { agentId: 'main', sessionId: 's', seq: 0 }

function event(kind: 'started' | 'final' | 'aborted', runId: string, at: number): RunEvent {
  return { ...AT, kind, runId, sessionKey: 'agent:main:main', at, text: '' }
}

function value(all: Meters, key: 'runs' | 'runSeconds' | 'messages', words: string): number {
  const found = (all.samples().get(key) ?? []).find(
    ({ suffix, labels }) => [suffix, ...labels].join(' ').trim() === words,
  )
  if (found === undefined) throw new Error(`no series ${words}`)
  return found.value
}

describe('runs', () => {
  test('take from their beginning to their end', () => {
    const all = meters()
    all.run(event('started', 'one', 1_000))
    all.run(event('final', 'one', 3_500))
    expect(value(all, 'runs', 'outcome answered')).toBe(1)
    expect(value(all, 'runSeconds', '_sum')).toBe(2.5)
  })

  test('that are stopped while they wait are counted, took no time, and leave the one before them alone', () => {
    const all = meters()
    all.run(event('started', 'one', 1_000))
    all.run(event('aborted', 'two', 1_500))
    expect(value(all, 'runSeconds', '_count')).toBe(0)
    all.run(event('final', 'one', 2_000))
    expect(value(all, 'runs', 'outcome aborted')).toBe(1)
    expect(value(all, 'runSeconds', '_count')).toBe(1)
    expect(value(all, 'runSeconds', '_sum')).toBe(1)
  })

  test('never take less than nothing, whatever the clock does', () => {
    const all = meters()
    all.run(event('started', 'one', 5_000))
    all.run(event('final', 'one', 1_000))
    expect(value(all, 'runSeconds', '_sum')).toBe(0)
  })
})

test('a message is counted as what became of it', () => {
  const all = meters()
  all.message('telegram', null)
  all.message('telegram', 'sender_not_paired')
  all.answer('telegram', 'sent')
  all.answer('telegram', 'undeliverable')
  for (const result of ['received', 'refused', 'sent', 'undeliverable'])
    expect(value(all, 'messages', `channel telegram result ${result}`)).toBe(1)
})

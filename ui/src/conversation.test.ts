/** The conversation, step by step. */
import { describe, expect, it } from 'vitest'
import { advance, isAnswering, NOTHING_SAID, type Conversation, type Step } from './conversation.ts'

const ASKED: Step = { kind: 'asked', text: 'hello', at: 1 }
const after = (...steps: Step[]): Conversation => steps.reduce(advance, NOTHING_SAID)
const last = (conversation: Conversation) => conversation.messages.at(-1)

describe('a turn', () => {
  it('grows word by word and ends with the whole reply', () => {
    const waiting = after(ASKED)
    expect(last(waiting)).toMatchObject({ role: 'assistant', state: 'waiting', text: '' })
    const growing = after(ASKED, { kind: 'delta', text: 'He' }, { kind: 'delta', text: 'y' })
    expect(last(growing)).toMatchObject({ state: 'streaming', text: 'Hey' })
    expect([isAnswering(waiting), isAnswering(growing)]).toEqual([true, true])
    const done = advance(growing, { kind: 'done', text: 'Hey!', at: 5 })
    expect(last(done)).toMatchObject({ state: 'complete', text: 'Hey!', at: 5 })
    expect(isAnswering(done)).toBe(false)
  })

  it('keeps what was said before it was stopped', () => {
    const growing = after(ASKED, { kind: 'delta', text: 'Hey' })
    expect(last(advance(growing, { kind: 'stopped', text: null }))?.text).toBe('Hey')
    const told = last(advance(growing, { kind: 'stopped', text: 'Hey y' }))
    expect(told).toMatchObject({ state: 'stopped', text: 'Hey y' })
  })

  it('can be sent again when it failed, until something else is asked', () => {
    const failed = after(ASKED, { kind: 'failed', problem: 'no model' })
    expect(last(failed)).toMatchObject({ state: 'failed', problem: 'no model' })
    expect(failed.failedText).toBe('hello')
    expect(advance(failed, ASKED).failedText).toBeNull()
  })

  it('gives every message an id of its own, after a history too', () => {
    const history = [{ role: 'user' as const, text: 'a', at: null, stopped: false }]
    const { messages } = after(
      { kind: 'loaded', history },
      ASKED,
      { kind: 'done', text: 'b', at: 2 },
      ASKED,
    )
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  })

  it.each<Step>([
    { kind: 'delta', text: 'x' },
    { kind: 'done', text: 'x', at: 1 },
    { kind: 'stopped', text: null },
    { kind: 'failed', problem: 'x' },
  ])('ignores a $kind when nothing was asked', (step) => {
    expect(after(step)).toEqual(NOTHING_SAID)
    const done = after(ASKED, { kind: 'done', text: 'b', at: 2 })
    expect(advance(done, step)).toEqual(done)
  })

  it('shows from the history what was stopped', () => {
    const history = [{ role: 'assistant' as const, text: 'Hey', at: 3, stopped: true }]
    expect(last(after({ kind: 'loaded', history }))).toMatchObject({ state: 'stopped', at: 3 })
  })
})

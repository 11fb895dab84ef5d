/** What the gateway answers, as the page understands it. */
import { describe, expect, it } from 'vitest'
import { parseError, parseHistory, parseMe, parseProof, UnexpectedAnswer } from './wire.ts'

describe('wire', () => {
  it('shows a conversation without what is not part of it', () => {
    const messages = [
      { role: 'user', content: 'plain', timestamp: 5 },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'a' }, { type: 'image' }, { text: 'b' }],
      },
      { role: 'tool', content: 'secret workings' },
      { role: 'assistant', content: null, stopReason: 'aborted' },
    ]
    expect(parseHistory({ messages })).toEqual([
      { role: 'user', text: 'plain', at: 5, stopped: false },
      { role: 'assistant', text: 'a\nb', at: null, stopped: false },
      { role: 'assistant', text: '', at: null, stopped: true },
    ])
    expect(parseHistory(null)).toEqual([])
  })

  it('names somebody without a display name by the id', () => {
    const principal = {
      kind: 'user',
      id: 'alice',
      displayName: '',
      role: 'operator',
      scopes: ['a', 1],
    }
    expect(parseMe({ principal, method: 'tailscale' })).toMatchObject({
      name: 'alice',
      scopes: ['a'],
    })
  })

  it('does not go on with an answer that it cannot understand', () => {
    expect(() => parseMe({ method: 'local' })).toThrow(UnexpectedAnswer)
    expect(() => parseProof({ proof: 5 })).toThrow(UnexpectedAnswer)
  })

  it('finds the words of an error, if there are any', () => {
    const error = { message: 'no', requestId: 'r1' }
    expect(parseError({ error })).toEqual({ message: 'no', requestId: 'r1' })
    expect(parseError('oops')).toEqual({ message: null, requestId: null })
  })
})

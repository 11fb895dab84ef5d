/** What a person reads when the door stays shut. */
import { describe, expect, it } from 'vitest'
import { inWords } from './countdown.ts'
import { NOTICES, noticeOf } from './notice.ts'

const refused = (status: number) =>
  ({ kind: 'refused', status, message: 'because', requestId: 'r-1' }) as const

describe('noticeOf', () => {
  it('R67: says what became of a link and how to get a new one', () => {
    const notice = noticeOf({ kind: 'unauthenticated' }, { link: 'x' })
    expect(notice).toBe(NOTICES.linkDead)
    expect(notice.detail).toContain('openclaw dashboard')
  })

  it('does not offer a dead link or a wrong secret again', () => {
    expect(noticeOf({ kind: 'unauthenticated' }, { link: 'x' }).again).toBeNull()
    expect(noticeOf({ kind: 'unauthenticated' }, { secret: 'x' })).toBe(NOTICES.secretWrong)
  })

  it('offers a link again that was not looked at', () => {
    const link = { link: 'x' }
    const held = noticeOf({ kind: 'held', retryAfterMs: 5000 }, link)
    expect(held).toMatchObject({ waitMs: 5000, again: link })
    expect(noticeOf({ kind: 'unreachable' }, link).again).toBe(link)
    expect(noticeOf({ kind: 'unreachable' }, { secret: 'x' }).again).toBeNull()
  })

  it('names the address as the trouble when the origin is refused', () => {
    expect(noticeOf(refused(403), null).title).toContain('address')
    expect(noticeOf(refused(503), null).detail).toContain('because')
    expect(noticeOf(refused(503), null).detail).toContain('auth why r-1')
  })
})

describe('inWords', () => {
  it('counts in seconds and minutes', () => {
    expect([1, 59, 60, 245].map(inWords)).toEqual(['1 s', '59 s', '1 min 0 s', '4 min 5 s'])
  })
})

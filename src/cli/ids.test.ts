import { describe, expect, it } from 'vitest'
import { findId } from './ids.ts'

const ONE = 'aaaaaaaa1111'
const TWO = 'aaaaaaaa2222'

describe('an id as it is typed', () => {
  it.each([
    ['whole', ONE, { kind: 'id', id: ONE }],
    ['as much as tells it from the others', 'aaaaaaaa1', { kind: 'id', id: ONE }],
    ['as much as fits several', 'aaaaaaaa', { kind: 'several', ids: [ONE, TWO] }],
    ['nobody’s', 'bbbbbbbb', { kind: 'none' }],
    ['less than eight characters', 'aaaaaaa', { kind: 'short' }],
    ['nothing (R14)', '', { kind: 'short' }],
  ])('%s', (_how, given, found) => {
    expect(findId(given, [ONE, TWO, ONE])).toEqual(found)
  })
})

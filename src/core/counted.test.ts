import { expect, it } from 'vitest'

import { counted } from './counted.ts'

it('one thing is one, none and many are many', () => {
  expect([0, 1, 2].map((count) => counted(count, 'warning'))).toEqual([
    '0 warnings',
    '1 warning',
    '2 warnings',
  ])
})

it('a plural of its own', () => {
  expect([1, 3].map((count) => counted(count, 'entry', 'entries'))).toEqual([
    '1 entry',
    '3 entries',
  ])
})

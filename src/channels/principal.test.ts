/** Whom a message is from: the owner exactly, in direct messages, and nobody else anything. */
import { expect, test } from 'vitest'
import { ALL_SCOPES } from '../access/scopes.ts'
import { TELEGRAM, SECOND, DISCORD } from '../senders/desk.fixture.ts'
import type { SenderRef } from '../senders/types.ts'
import { callerOf, isOwner } from './principal.ts'

const OWNERS = ['telegram:42']
const owner: SenderRef = { ...TELEGRAM, id: '42' }

test('the owner is the owner', () => {
  expect(isOwner(owner, OWNERS)).toBe(true)
  expect(isOwner({ ...SECOND, id: '42' }, ['telegram:second:42'])).toBe(true)
})

test.each([
  ['another id', { ...TELEGRAM, id: '43' }, OWNERS],
  ['more of the id', { ...TELEGRAM, id: '420' }, OWNERS],
  ['a part of the id', { ...TELEGRAM, id: '4' }, OWNERS],
  ['blanks', { ...TELEGRAM, id: '42 ' }, OWNERS],
  ['the same id on another account', { ...SECOND, id: '42' }, OWNERS],
  ['the same id on another network', { ...DISCORD, id: '42' }, OWNERS],
  ['another case', { ...TELEGRAM, id: 'ab' }, ['telegram:AB']],
  ['an id without its network', owner, ['42']],
  ['everybody (R54)', owner, ['*']],
  ['everybody of a network (R54)', owner, ['telegram:*']],
  ['a sender named like everybody (R54)', { ...TELEGRAM, id: '*' }, ['*']],
  ['a blank', { ...TELEGRAM, id: '' }, ['', 'telegram', 'telegram: ']],
  ['no owner', owner, []],
] as const)('is not: %s', (_what, sender, owners) => {
  expect(isOwner(sender, owners)).toBe(false)
})

test('R50: the owner has every scope in a direct message, none in a group; anybody else none at all', () => {
  const scopesOf = (sender: SenderRef, kind: 'dm' | 'group') =>
    callerOf(sender, {
      displayName: 'telegram:42',
      conversation: { kind, id: '42' },
      owners: OWNERS,
    }).principal.scopes
  expect(scopesOf(owner, 'dm')).toEqual(ALL_SCOPES)
  expect(scopesOf(owner, 'group')).toEqual([])
  expect(scopesOf({ ...TELEGRAM, id: '43' }, 'dm')).toEqual([])
})

test('a sender is one of a kind of their own, named as the record names them', () => {
  const { principal, method } = callerOf(
    { ...SECOND, id: '42' },
    { displayName: 'Nick', conversation: { kind: 'dm', id: '42' }, owners: [] },
  )
  expect(method).toBe('channel')
  expect(principal).toMatchObject({
    kind: 'sender',
    id: 'telegram:second:42',
    displayName: 'Nick',
    credentialId: null,
  })
})

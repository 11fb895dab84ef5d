/** Who may do what to whose device: one table for every way of asking (R11, R13). */
import { expect, test } from 'vitest'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import { actorOf, mayGrant, mayReissue, mayTouch, type Actor } from './authority.ts'
import { byToken, HELPER, LAPTOP, OWNER, PHONE } from './people.fixture.ts'

interface Row {
  readonly who: string
  readonly actor: Actor
  readonly role?: Role
  readonly scopes: readonly Scope[]
  readonly answer: string
}

const ROWS: readonly Row[] = [
  { who: 'the owner, anything', actor: OWNER, scopes: ['operator.admin'], answer: 'yes' },
  { who: 'the owner, a node', actor: OWNER, role: 'node', scopes: [], answer: 'yes' },
  { who: 'a helper, what it holds', actor: HELPER, scopes: ['operator.read'], answer: 'yes' },
  { who: 'a helper, nothing', actor: HELPER, scopes: [], answer: 'yes' },
  { who: 'a helper, more', actor: HELPER, scopes: ['operator.write'], answer: 'operator.write' },
  {
    who: 'a helper, some of it more',
    actor: HELPER,
    scopes: ['operator.read', 'operator.admin'],
    answer: 'operator.admin',
  },
  { who: 'a helper, a node', actor: HELPER, role: 'node', scopes: [], answer: 'denied' },
  { who: 'a helper, a web chat', actor: HELPER, role: 'webchat', scopes: [], answer: 'denied' },
  {
    who: 'a writer, reading, which is implied',
    actor: { ...HELPER, scopes: ['operator.write'] },
    scopes: ['operator.read'],
    answer: 'yes',
  },
  {
    who: 'its own token, what it holds',
    actor: byToken(PHONE, 'operator.read', 'operator.pairing'),
    scopes: ['operator.read'],
    answer: 'yes',
  },
  {
    who: 'its own token, more',
    actor: byToken(PHONE, 'operator.pairing'),
    scopes: ['operator.read'],
    answer: 'operator.read',
  },
  {
    who: 'the token of another device, even nothing',
    actor: byToken(LAPTOP, 'operator.read', 'operator.pairing'),
    scopes: [],
    answer: 'denied',
  },
  {
    who: "an administrator's device",
    actor: byToken(LAPTOP, 'operator.admin'),
    role: 'node',
    scopes: [],
    answer: 'yes',
  },
]

test.each(ROWS)('$who: $answer', ({ actor, role = 'operator', scopes, answer }) => {
  const authority = mayGrant(actor, { deviceId: PHONE, role, scopes })
  expect(authority.kind === 'missing-scope' ? authority.scope : authority.kind).toBe(answer)
  expect(mayReissue(actor, { deviceId: PHONE, role, scopes })).toBe(answer === 'yes')
})

test.each([
  ['the owner', OWNER, true],
  ['whoever came with a shared secret or as a user', HELPER, true],
  ['the device itself', byToken(PHONE, 'operator.pairing'), true],
  ['another device', byToken(LAPTOP, 'operator.pairing'), false],
  ["another device, an administrator's", byToken(LAPTOP, 'operator.admin'), true],
])('%s may touch it: %s', (_who, actor, answer) => {
  expect(mayTouch(actor, PHONE)).toBe(answer)
})

test('only a device that came by its own token is bound to itself', () => {
  const principal = {
    kind: 'device',
    id: PHONE,
    displayName: 'phone',
    role: 'operator',
    scopes: ['operator.pairing'],
    credentialId: null,
  } as const
  expect(actorOf(principal, 'device-token').deviceId).toBe(PHONE)
  expect(actorOf(principal, 'token').deviceId).toBeNull()
  expect(actorOf({ ...principal, kind: 'user' }, 'device-token').deviceId).toBeNull()
  expect(actorOf(principal, 'token').name).toBe(`device:${PHONE}`)
})

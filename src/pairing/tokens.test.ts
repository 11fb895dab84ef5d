/** Device tokens: made again from what the store has and the state dir's key, and by nobody else (decision 007). */
import { expect, test } from 'vitest'
import { pair } from './people.fixture.ts'
import { memoryDesk } from './desk.fixture.ts'
import { DeviceTokens } from './tokens.ts'
import type { IssuedToken, PairedGrant } from './types.ts'

const tokens = new DeviceTokens(Buffer.alloc(32, 1))

function grantWith(token: IssuedToken, next: IssuedToken | null = null): PairedGrant {
  return {
    id: 'grant',
    role: 'operator',
    scopes: [],
    expiresAt: null,
    approvedAt: 0,
    approvedBy: 'owner:owner',
    token,
    next,
    superseded: [],
    rotatedAt: null,
    lastUsedAt: null,
  }
}

test('a token is made again, the same, and fits the digest that is kept', () => {
  const issued = tokens.issue('device', 'operator', 5)
  const token = tokens.current('device', grantWith(issued))
  expect(token?.digest()).toBe(issued.digest)
  expect(token?.reveal()).toMatch(/^ocd_[A-Za-z0-9_-]{43}$/)
  expect(issued.issuedAt).toBe(5)
})

test('no two are alike: not of two devices, two roles, nor twice of one', () => {
  const made = [
    tokens.issue('a', 'operator', 0),
    tokens.issue('a', 'operator', 0),
    tokens.issue('a', 'node', 0),
    tokens.issue('b', 'operator', 0),
  ]
  expect(new Set(made.map(({ digest }) => digest)).size).toBe(4)
  expect(new Set(made.map(({ seed }) => seed)).size).toBe(4)
})

test('the seed of one device or role makes no token of another', () => {
  const { seed, digest, issuedAt } = tokens.issue('a', 'operator', 0)
  const stolen = { seed, digest, issuedAt }
  expect(tokens.current('b', grantWith(stolen))).toBeNull()
  expect(tokens.current('a', { ...grantWith(stolen), role: 'node' })).toBeNull()
})

test('under another key of the state dir it cannot be made again', () => {
  const issued = tokens.issue('a', 'operator', 0)
  expect(new DeviceTokens(Buffer.alloc(32, 2)).current('a', grantWith(issued))).toBeNull()
})

test('after a rotation the new one is the one to use', () => {
  const [old, next] = [tokens.issue('a', 'operator', 0), tokens.issue('a', 'operator', 1)]
  expect(tokens.current('a', grantWith(old, next))?.digest()).toBe(next.digest)
})

test('nothing that is written holds a token', async () => {
  const { desk, written } = memoryDesk()
  const { id, grants } = await pair(desk)
  const [grant] = grants
  const token = grant === undefined ? null : desk.tokens.current(id, grant)
  expect(token).not.toBeNull()
  expect(JSON.stringify(written)).not.toContain(token?.reveal() ?? 'nothing')
})

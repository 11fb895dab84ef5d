import { describe, expect, it } from 'vitest'
import { keySubject, LastUse, senderSubject, userSubject } from '../access/last-use.ts'
import { accessReview, type AccessReviewParts } from './access-review.ts'
import { runOperation } from './operator-call.fixture.ts'

const DAY = 86_400_000
const NOW = 1000 * DAY
const ID = 'ab'.repeat(32)

const grant = {
  id: 'g',
  role: 'operator' as const,
  scopes: ['operator.read' as const],
  expiresAt: null,
  token: { id: 't', issuedAt: 0, digest: '' },
  previous: null,
  rotatedAt: null,
  lastUsedAt: null,
}
const device = (lastSeenAt: number | null, change: object = {}) => ({
  id: ID,
  publicKey: '',
  name: 'Attic',
  barred: [],
  grants: [{ ...grant, ...change }],
  approvedAt: NOW - 900 * DAY,
  lastSeenAt,
})
const approval = (change: object = {}) => ({
  channel: 'telegram',
  account: 'default',
  id: '1234',
  via: 'code' as const,
  entry: null,
  displayName: 'Ann',
  approvedBy: 'shared:token',
  approvedAt: NOW - 900 * DAY,
  expiresAt: null,
  ended: false,
  ...change,
})
const key = (change: object = {}) => ({
  id: 'ci',
  name: 'CI',
  scopes: ['operator.read' as const],
  permissions: ['read'],
  createdAt: NOW - 900 * DAY,
  expiresAt: null,
  revokedAt: null,
  rateLimit: null,
  fingerprint: '',
  plain: false,
  refused: false,
  ...change,
})

/** Nothing was given to anybody, and uses were always noted. */
function review(parts: object, input: object = {}) {
  const nothing = {
    lastUse: new LastUse(0),
    devices: () => [],
    connected: () => false,
    approvals: () => [],
    keys: () => [],
    users: () => null,
    now: () => NOW,
  }
  const whole: AccessReviewParts = { ...nothing, ...parts }
  return runOperation(accessReview(whole), input)
}
const used = (subject: string, days: number, since = 0) =>
  new LastUse(since, [{ subject, at: NOW - days * DAY }])

describe('access review', () => {
  it('lists each kind that was not used for 60 days, the idlest first, with what it holds and what takes it away', async () => {
    const users = new Map([["ann'o@example.com", ['operator.admin' as const]]])
    const parts = {
      devices: () => [device(NOW - 61 * DAY)],
      approvals: () => [approval()],
      keys: () => [key()],
      users: () => users,
      lastUse: new LastUse(0, [
        { subject: senderSubject('telegram', 'default', '1234'), at: NOW - 62 * DAY },
        { subject: keySubject('ci'), at: NOW - 63 * DAY },
        { subject: userSubject("ann'o@example.com"), at: NOW - 64 * DAY },
      ]),
    }
    expect(await review(parts)).toMatchObject({
      unused: [
        {
          ref: "user:ann'o@example.com",
          holds: ['operator.admin'],
          command: `openclaw config set 'gateway.auth.identityScopes["ann'\\''o@example.com"]' '[]'`,
        },
        { ref: 'api-key:ci', holds: ['operator.read'], command: 'openclaw api-keys revoke ci' },
        { ref: 'sender:telegram:1234', command: 'openclaw pairing revoke telegram 1234' },
        {
          ref: `device:${ID.slice(0, 12)}`,
          holds: ['operator operator.read'],
          command: `openclaw devices remove ${ID.slice(0, 12)}`,
          idleMs: 61 * DAY,
        },
      ],
    })
  })

  it.each([
    [
      'a device that is connected',
      { devices: () => [device(NOW - 99 * DAY)], connected: () => true },
    ],
    ['a device seen lately', { devices: () => [device(NOW - 59 * DAY)] }],
    ['a key used lately', { keys: () => [key()], lastUse: used(keySubject('ci'), 59) }],
    ['a device that holds nothing any more', { devices: () => [device(null, { expiresAt: NOW })] }],
    ['an approval that is over', { approvals: () => [approval({ ended: true })] }],
    ['a revoked key', { keys: () => [key({ revokedAt: 1 })] }],
    ['a user who holds nothing', { users: () => new Map([['ann', []]]) }],
    [
      'a sender of before uses were noted',
      { approvals: () => [approval()], lastUse: new LastUse(NOW - 59 * DAY) },
    ],
  ])('leaves out %s', async (_what, parts) => {
    expect(await review(parts)).toMatchObject({ unused: [] })
  })

  it('knows what was never used: from when it was given, and no longer than uses are noted', async () => {
    const parts = { keys: () => [key()], lastUse: new LastUse(NOW - 70 * DAY) }
    expect(await review(parts)).toMatchObject({
      unused: [{ lastUsedAt: null, idleMs: 70 * DAY }],
    })
  })

  it('takes another time, also from a query', async () => {
    const parts = { keys: () => [key()], lastUse: used(keySubject('ci'), 10) }
    expect(await review(parts, { unusedMs: 9 * DAY })).toMatchObject({
      unused: [{ kind: 'api-key' }],
    })
    expect(await review(parts, { unusedMs: String(9 * DAY) })).toMatchObject({
      unused: [{ kind: 'api-key' }],
    })
  })
})

import { expect, test } from 'vitest'
import { RequestLimits } from '../access/request-limits.ts'
import { Secret } from '../core/secret.ts'
import type { ApiKey, Principal } from '../access/types.ts'
import type { Allowed } from '../server/outcome.ts'
import { requestQuotas } from './quotas.ts'

const digest = new Secret('sk-slow').digest()
const slow: ApiKey = {
  id: 'slow',
  name: 'Slow',
  scopes: ['operator.read'],
  expiresAt: null,
  revokedAt: null,
  rateLimit: 3,
}
const credentialId = `api-key:slow:${digest}`
const holder: Principal = {
  kind: 'api-key',
  id: 'slow',
  displayName: 'Slow',
  role: 'operator',
  scopes: ['operator.read'],
  credentialId,
}
const browser: Principal = { ...holder, credentialId: 'session:abc' }
const owner: Principal = { ...holder, kind: 'owner', id: 'owner', credentialId: null }

const asked = (principal: Principal, clientAddress = '203.0.113.9'): Allowed => ({
  kind: 'allowed',
  principal,
  method: 'token',
  class: null,
  fingerprint: null,
  failures: [],
  account: 'address',
  clientAddress,
  trace: [],
  device: null,
})

function quotas(
  settings: Partial<
    Parameters<typeof requestQuotas>[0] extends { settings: () => infer S } ? S : never
  > = {},
) {
  return requestQuotas({
    byCredential: new RequestLimits(() => 0),
    byAddress: new RequestLimits(() => 0),
    apiKeys: { find: (wanted) => (wanted === digest ? slow : null) },
    makerOf: ({ credentialId: id }) => (id === 'session:abc' ? credentialId : id),
    settings: () => ({
      enabled: false,
      requests: 2,
      windowMs: 3_600_000,
      perIp: true,
      perUser: true,
      ...settings,
    }),
  })
}

test('a key has its own limit although requests are not limited, and its browser sessions count in it', () => {
  const quota = quotas()
  expect(
    [quota.take(asked(holder)), quota.take(asked(browser)), quota.take(asked(holder))].map(
      (quota) => quota?.allowed,
    ),
  ).toEqual([true, true, true])
  expect(quota.take(asked(browser))).toMatchObject({ allowed: false })
  expect(quota.take(asked(holder))?.headers).toContain('RateLimit-Remaining')
  expect(quota.take(asked(owner))).toBeNull()
})

test('security.rateLimit counts by address and by user', () => {
  const quota = quotas({ enabled: true })
  expect(
    [quota.take(asked(owner)), quota.take(asked(owner)), quota.take(asked(owner))].map(
      (quota) => quota?.allowed,
    ),
  ).toEqual([true, true, false])
  expect(quota.take(asked(owner, '203.0.113.10'))?.allowed).toBe(false)
  expect(quota.take(asked({ ...owner, id: 'other' }, '203.0.113.10'))?.allowed).toBe(true)
})

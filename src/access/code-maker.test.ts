import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { makerStands, type CodeMaker } from './code-maker.ts'
import { accessWith } from './scene.fixture.ts'
import type { AccessPolicy } from './types.ts'

const policyWith = (more: Partial<AccessPolicy>): AccessPolicy => accessWith(more).policy
const NICK: CodeMaker = { kind: 'user', id: 'nick@example.com', madeBy: null }
const proxy = (...users: string[]): Partial<AccessPolicy> => {
  const { trustedProxy } = policyWith({})
  const rest = { userHeader: 'x-user', requiredHeaders: [], allowLoopback: false, ...trustedProxy }
  return { mode: 'trusted-proxy', trustedProxy: { ...rest, allowUsers: new Set(users) } }
}
const scopes = (...list: ['operator.admin'] | ['operator.read']) => ({
  identityScopes: new Map([[NICK.id, list]]),
})

test('a code ends with the secret that made it', () => {
  const policy = policyWith({ mode: 'token' })
  const [first] = policy.secrets
  const live = first?.secret.digest() ?? ''
  expect(makerStands({ kind: 'shared', id: 'token', madeBy: live }, policy)).toBe(true)
  const rotated = new Secret('another').digest()
  expect(makerStands({ kind: 'shared', id: 'token', madeBy: rotated }, policy)).toBe(false)
  expect(makerStands({ kind: 'shared', id: 'token', madeBy: null }, policy)).toBe(false)
})

test.each([
  ['everybody is an administrator', proxy(), true],
  ['listed', { ...proxy(NICK.id), ...scopes('operator.admin') }, true],
  ['no longer listed', proxy('bob'), false],
  ['no longer an administrator', { ...proxy(NICK.id), ...scopes('operator.read') }, false],
  ['the proxy is gone', { mode: 'token', tailscale: 'disabled' }, false],
  ['named by the tailnet', { mode: 'token', tailscale: 'enabled' }, true],
] as const)('a code of a user whom a proxy names: %s', (_case, more, stands) => {
  expect(makerStands(NICK, policyWith(more))).toBe(stands)
})

test('the owner stays, a device is looked after elsewhere, a key makes none', () => {
  const stands = (kind: CodeMaker['kind']) =>
    makerStands({ kind, id: 'x', madeBy: null }, policyWith({}))
  expect([stands('owner'), stands('device'), stands('api-key')]).toEqual([true, true, false])
})

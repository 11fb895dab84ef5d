/** One answer about a configuration, in the order in which a gateway says it: secrets, rules of the start, the page, chat networks. */
import { expect, test } from 'vitest'
import type { Problem } from '../config/problem.ts'
import { configSchema } from '../config/schema.ts'
import { configWarnings } from './config-warnings.ts'

const WHATSAPP = { token: 'access-token', phoneNumberId: '1', verifyToken: 'verify' }

function codesOf(settings: object, warnings: readonly Problem[] = []): readonly string[] {
  const config = configSchema.parse(settings)
  return configWarnings({ config, warnings }).map(({ code }) => code)
}

function left(code: Problem['code'], key: string | null): Problem {
  return { code, key, where: null, message: 'is left out', fix: 'Set it' }
}

test('nothing is said of a configuration that does what it says', () => {
  expect(codesOf({})).toEqual([])
})

test('everybody who warns at a start is heard', () => {
  const gateway = { bind: 'lan', auth: { token: 'short' }, trustedProxies: ['0.0.0.0/0'] }
  const telegram = { token: '4242:token', allowFrom: ['0'], dmPolicy: 'open' }
  const found = codesOf({ gateway, channels: { telegram, whatsapp: WHATSAPP } }, [
    left('missing_variable', 'gateway.auth.password'),
  ])
  expect(found).toEqual([
    'missing_variable',
    'trusted_proxies_wide',
    'control_ui_no_origins',
    'invalid_entry',
    'open_without_wildcard',
    'account_incomplete',
  ])
})

test.each([
  ['of this account', left('missing_variable', 'channels.whatsapp.appSecret'), false],
  ['of all that is encrypted', left('secrets_unopened', null), false],
  ['of another network', left('missing_variable', 'channels.telegram.token'), true],
  ['of a login', left('login_unreadable', null), true],
])('an account lacks nothing that only this shell does not have: a secret %s', (_of, one, says) => {
  const found = codesOf({ channels: { whatsapp: WHATSAPP } }, [one])
  expect(found).toEqual([one.code, ...(says ? ['account_incomplete'] : [])])
})

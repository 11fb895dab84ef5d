/** Credentials that the gateway makes: each is shown once, to whoever asked for it, and used. */
import { expect } from 'vitest'
import { TestDevice } from '../../src/access/device.fixture.ts'
import { readSetupCode } from '../../src/node-host/setup-code.ts'
import { authOf, tokenIn } from '../../src/server/websocket/pairing.fixture.ts'
import { admitted, refusal, REMOTE } from '../../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE as FORWARDED } from '../gateway.ts'
import type { Day } from './day.ts'

const firstOf = (pattern: RegExp, text: string): string => {
  const [, found = ''] = pattern.exec(text) ?? []
  expect(found, String(pattern)).not.toBe('')
  return found
}

export async function credentialsAreMade(day: Day): Promise<void> {
  await apiKeys(day)
  await webSession(day)
  await setupCodes(day)
  await devices(day)
  await invitations(day)
}

async function apiKeys(day: Day): Promise<void> {
  for (const [name, ...words] of [
    ['a created API key', 'create', '--name', 'ci', '--permissions', 'read'],
    ['a rotated API key', 'rotate', 'ci'],
  ]) {
    const { said } = await day.type(['api-keys', ...words, '--json', '--verbose'], {
      may: [String(name)],
    })
    const key = day.made(String(name), firstOf(/"key": "([^"]+)"/, said))
    const answer = await day.ask({ headers: { ...FORWARDED, ...bearer(key) } })
    expect(answer.status).toBe(200)
  }
}

async function webSession(day: Day): Promise<void> {
  const { said } = await day.type(['dashboard', '--json'], { may: ['a login link'] })
  const link = day.made('a login link', firstOf(/#login=([\w-]+)/, said))
  const login = { method: 'POST', path: '/api/v1/session', body: { link } }
  const may = ['a session cookie', 'a session proof']
  const { headers, text } = await day.ask(login, may)
  const set = String(headers['set-cookie']?.[0])
  const cookie = day.made('a session cookie', firstOf(/openclaw_session=([^;]+)/, set))
  const proof = day.made('a session proof', firstOf(/"proof":"([^"]+)"/, text))
  const session = { cookie: `openclaw_session=${cookie}`, 'x-openclaw-session-proof': proof }
  for (const path of ['/api/v1/whoami', '/api/v1/config', '/api/v1/presence'])
    expect((await day.ask({ path, headers: session })).status).toBe(200)
  expect((await day.ask(login)).status).toBe(401)
}

async function setupCodes(day: Day): Promise<void> {
  const url = `ws://127.0.0.1:${day.gateway.port}`
  const make = async (name: string, ...words: readonly string[]) => {
    const more = ['--public-url', url, ...words]
    const { said } = await day.type(['qr', '--json', ...more], { may: [name] })
    const code = firstOf(/"setupCode": "([^"]+)"/, said)
    day.made(name, readSetupCode(code)?.bootstrapToken.reveal() ?? '')
    return code
  }
  const first = await make('a setup code')
  const params = {
    role: 'node',
    scopes: [],
    auth: { bootstrapToken: readSetupCode(first)?.bootstrapToken.reveal() },
  }
  const phone = await admitted(day.gateway.port, {
    device: new TestDevice(),
    headers: REMOTE,
    params,
  })
  for (const { deviceToken, role } of authOf(phone).deviceTokens ?? [])
    day.made(`a device token for ${role} by a setup code`, deviceToken)
  await phone.close()
  await day.type(['devices', 'pair'], {
    dir: day.world.elsewhere,
    env: { OPENCLAW_SETUP_CODE: await make('a second setup code') },
  })
}

async function devices(day: Day): Promise<void> {
  const device = new TestDevice()
  const scopes = ['operator.read']
  const asks = (auth: object) => ({ device, headers: REMOTE, params: { auth, scopes } })
  const shared = { token: day.secrets.token.value }
  const { details } = await refusal(day.gateway.port, asks(shared))
  await day.type(['devices', 'list', '--json'])
  await day.type(['devices', 'approve', String(details?.['requestId']), '--verbose'])
  const client = await admitted(day.gateway.port, asks(shared))
  const token = day.made('a device token', tokenIn(client))
  await client.close()
  const again = await admitted(day.gateway.port, asks({ deviceToken: token }))
  day.note('what a device hears', JSON.stringify(await again.call('status')))
  await again.close()
  await day.ask({ headers: { ...FORWARDED, ...bearer(token) } })
  await day.type(['devices', 'rotate', device.id, '--verbose', '--json'])
  const newest = await admitted(day.gateway.port, asks(shared))
  day.made('a rotated device token', tokenIn(newest))
  await newest.close()
}

async function invitations(day: Day): Promise<void> {
  const words = ['pairing', 'invite', 'telegram', '--for', 'Anna', '--uses', '2', '--json']
  const may = ['an invitation', 'an invitation as it is spelt']
  const { said } = await day.type(words, { may })
  const code = day.made('an invitation as it is spelt', firstOf(/"code": "([^"]+)"/, said))
  day.made('an invitation', code.replaceAll('-', ''))
  day.world.networks.telegram.say({ from: { id: 2001 }, text: code })
}

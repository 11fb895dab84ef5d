import { readPairingConnectErrorDetails } from '@openclaw/gateway-protocol/connect-error-details'
import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { asking, authOf, paired, request, returning } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, refusal, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const PAGE = { id: 'openclaw-control-ui', version: '1', platform: 'web', mode: 'webchat' }
describe('a device that nobody has approved (PROTOCOL 2.10)', () => {
  const hint = (id: unknown) =>
    `Approve this device on the gateway's host: openclaw devices approve ${String(id)}`

  it('is told that it is new, what it asked for, and which request waits', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const { close, ...error } = await refusal(gateway.port, asking({ device }))
    const requestId = gateway.desk.book.requestOf(device.id)?.requestId
    expect(error).toEqual({
      code: 'NOT_PAIRED',
      message: 'pairing required: device is not approved yet',
      details: {
        code: 'PAIRING_REQUIRED',
        reason: 'not-paired',
        requestId,
        remediationHint: hint(requestId),
        deviceId: device.id,
        requestedRole: 'operator',
        requestedScopes: ['operator.read'],
      },
    })
    expect(requestId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
    const reason = `pairing required: device is not approved yet (requestId: ${requestId})`
    expect(close).toEqual({ code: 1008, reason })
    expect(readPairingConnectErrorDetails(error.details)).toMatchObject({ requestId })
    expect(gateway.written.at(-1)).toMatchObject({ operation: 'connect', outcome: 'refused' })
  })

  it('asks for more scopes: is told what it has', async () => {
    const gateway = await start()
    const { device } = await paired(gateway.port)
    const scopes = ['operator.admin', 'operator.write']
    const { close, message, details } = await refusal(gateway.port, asking({ device, scopes }))
    expect(message).toBe(
      'pairing required: device is asking for more scopes than currently approved',
    )
    expect(details).toEqual({
      code: 'PAIRING_REQUIRED',
      reason: 'scope-upgrade',
      requestId: details?.['requestId'],
      remediationHint: hint(details?.['requestId']),
      deviceId: device.id,
      requestedRole: 'operator',
      // What an approval would give: what it asks for, and what it has.
      requestedScopes: ['operator.read', 'operator.write', 'operator.admin'],
      approvedRoles: ['operator'],
      approvedScopes: ['operator.read'],
    })
    // A close frame takes 120 bytes.
    const whole = `${message} (requestId: ${String(details?.['requestId'])})`
    expect(close).toEqual({ code: 1008, reason: whole.slice(0, 120) })
  })

  it('asks for another role: is told which it has', async () => {
    const gateway = await start()
    const { device } = await paired(gateway.port)
    const { message, details } = await refusal(gateway.port, asking({ device, role: 'node' }))
    expect(message).toBe(
      'pairing required: device is asking for a higher role than currently approved',
    )
    expect(details).toMatchObject({
      reason: 'role-upgrade',
      requestedRole: 'node',
      approvedRoles: ['operator'],
      approvedScopes: ['operator.read'],
    })
    expect(details).not.toHaveProperty('requestedScopes')
  })

  it('changes its platform: it is the same device', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const client = { ...BASE_PARAMS.client, platform: 'plan9', deviceFamily: 'teapot' }
    await admitted(gateway.port, returning(one, { client }))
  })

  it('is the Control UI: it is told to come again by itself, as nobody else is', async () => {
    const gateway = await start()
    const { params, ...rest } = asking({})
    const waits = { recommendedNextStep: 'wait_then_retry', retryable: true, pauseReconnect: false }
    const page = await refusal(gateway.port, { ...rest, params: { ...params, client: PAGE } })
    expect(page.details).toMatchObject(waits)
    const other = await refusal(gateway.port, asking({}))
    for (const word of Object.keys(waits)) expect(other.details).not.toHaveProperty(word)
  })

  it('finds the queue full: it is told so, and nobody hears of a request', async () => {
    const gateway = await start({ desk: { most: 2 } })
    await request(gateway.port, { from: '127.0.0.2' })
    await request(gateway.port, { from: '127.0.0.3' })
    for (const client of [BASE_PARAMS.client, PAGE]) {
      const { params, ...rest } = asking({ from: '127.0.0.4' })
      const refused = await refusal(gateway.port, { ...rest, params: { ...params, client } })
      expect(refused.details).not.toHaveProperty('requestId')
      expect(refused.details).not.toHaveProperty('retryable')
      expect(refused.close.reason).toBe(refused.message)
      expect(refused.details?.['remediationHint']).toContain('openclaw devices list')
    }
    expect(gateway.written.at(-1)?.code).toBe('pairing_queue_full')
  })

  it('comes as a node with a key that may not ask for it: is told what can', async () => {
    const key = `sk-${'a'.repeat(40)}`
    const found = { id: 'k', name: 'K', expiresAt: null, revokedAt: null, rateLimit: null }
    const gateway = await start({
      policy: { apiKeysEnabled: true },
      access: { apiKeys: { find: () => ({ ...found, scopes: ['operator.read'] }) } },
    })
    const { details, close } = await refusal(gateway.port, {
      device: new TestDevice(),
      headers: REMOTE,
      params: { role: 'node', scopes: [], auth: { token: key } },
    })
    expect(details).toMatchObject({ code: 'PAIRING_REQUIRED', reason: 'not-paired' })
    expect(details?.['remediationHint']).toBe(
      'This credential may not ask for an approval: connect once with the gateway token or a setup code.',
    )
    expect(details).not.toHaveProperty('requestId')
    expect(close.reason).toBe('pairing required: device is not approved yet')
    expect(gateway.desk.book.requests()).toEqual([])
  })

  it('is one of three at one address: the third waits for nothing, and a neighbour finds room', async () => {
    const gateway = await start()
    const ids = [new TestDevice(), new TestDevice(), new TestDevice()]
    const answers = await Promise.all(
      ids.map((device) => refusal(gateway.port, asking({ device, from: '127.0.0.2' }))),
    )
    expect(answers.filter(({ details }) => details?.['requestId'] !== undefined)).toHaveLength(2)
    await request(gateway.port, { from: '127.0.0.3' })
  })
})

it('a device comes in with what it asks for, within its approval, its credential and x-openclaw-scopes (R04)', async () => {
  const gateway = await start()
  const one = await paired(gateway.port, { scopes: ['operator.write', 'operator.pairing'] })
  const scopesOf = async (params: object, header: string | null) => {
    const headers = header === null ? REMOTE : { ...REMOTE, 'x-openclaw-scopes': header }
    const client = await admitted(gateway.port, { ...returning(one, { ...params }), headers })
    await client.close()
    return authOf(client).scopes
  }
  expect(await scopesOf({ scopes: ['operator.read'] }, null)).toEqual(['operator.read'])
  expect(await scopesOf({ scopes: undefined }, null)).toEqual([])
  expect(await scopesOf({ scopes: ['operator.root', ' '] }, null)).toEqual([])
  const both = { scopes: ['operator.pairing', 'operator.write'] }
  expect(await scopesOf(both, 'operator.write, operator.admin')).toEqual(['operator.write'])
  expect(await scopesOf(both, '')).toEqual([])
  const bySecret = { scopes: ['operator.read'], auth: { token: TOKEN } }
  expect(await scopesOf(bySecret, null)).toEqual(['operator.read'])
  expect(await scopesOf(bySecret, 'operator.pairing')).toEqual([])
})

it('an operator may come as a web chat, which has no scopes, and nobody in a role that is not theirs', async () => {
  const gateway = await start()
  const chat = await admitted(gateway.port, {
    headers: REMOTE,
    params: { auth: { token: TOKEN }, role: 'webchat', scopes: [...ALL_SCOPES] },
  })
  expect(authOf(chat)).toMatchObject({ role: 'webchat', scopes: [] })
  expect((await chat.call('device.pair.list', {})).error?.message).toBe(
    'unauthorized role: webchat',
  )
  const node = new TestClient(gateway.port)
  const { error } = await node.connect({ role: 'node', auth: { token: TOKEN } })
  expect(error?.details).toEqual({ code: 'DEVICE_IDENTITY_REQUIRED' })
})

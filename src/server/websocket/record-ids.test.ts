import { describe, expect, it } from 'vitest'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, REMOTE, TestClient } from './test-client.fixture.ts'
import {
  testGateway,
  TOKEN,
  type TestGateway,
  type TestGatewayOptions,
} from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const idsIn = (gateway: TestGateway) =>
  gateway.written.filter(({ outcome }) => outcome !== 'allowed').map(({ requestId }) => requestId)

describe('a refusal names its entry in the record, for `openclaw auth why` (R46)', () => {
  it.each([
    ['a wrong token', { auth: { token: 'wrong' } }, {}],
    ['nothing presented', {}, {}],
    ['a version that nobody speaks', { minProtocol: 9, maxProtocol: 9 }, {}],
    ['params that are none', { client: 7 }, {}],
    ['a gateway that still starts', { auth: { token: TOKEN } }, { started: () => false }],
    ['a failure on our side', {}, { peerOwner: () => Promise.reject(new Error('x')) }],
  ])('at connect: %s', async (_what, params, options: TestGatewayOptions) => {
    const gateway = await start(options)
    // Whose socket it is, is asked about callers that nobody forwards for.
    const headers = options.peerOwner === undefined ? REMOTE : {}
    const client = new TestClient(gateway.port, { headers })
    expect((await client.connect(params)).ok).toBe(false)
    expect(client.recordIds).toHaveLength(1)
    expect(client.recordIds).toEqual(idsIn(gateway))
  })

  it('before connect', async () => {
    const gateway = await start()
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    expect((await client.call('health')).ok).toBe(false)
    expect(client.recordIds).toHaveLength(1)
    expect(client.recordIds).toEqual(idsIn(gateway))
  })

  it('of a method: a scope, a name, params, a failure', async () => {
    const gateway = await start()
    const params = { ...BASE_PARAMS, auth: { token: TOKEN } }
    const client = await admitted(gateway.port, { params, headers: REMOTE })
    for (const method of ['test.change', 'nope', 'test.broken', 'test.circular'])
      await client.call(method)
    await client.call('test.echo', { text: 7 })
    expect(client.recordIds).toHaveLength(5)
    const [, ...entries] = gateway.written
    expect(client.recordIds).toEqual(entries.map(({ requestId }) => requestId))
  })
})

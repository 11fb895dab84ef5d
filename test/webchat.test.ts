/** Role `webchat` over real sockets (S0): its own chat, and neither sight nor sound of anything else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { admitted, REMOTE, type TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const at = { gateway: {} as RunningGateway }

beforeAll(async () => {
  at.gateway = await startGateway({
    config: {
      gateway: { auth: { mode: 'token', token: TOKEN } },
      security: { pairingRequired: false },
    },
  })
})
afterAll(async () => at.gateway.stop())

const CLIENT = { id: 'webchat-ui', version: '1', platform: 'web', mode: 'webchat' }
const LISTED = new TestDevice()
const visitor = (device: TestDevice, gateway = at.gateway) =>
  admitted(gateway.port, {
    device,
    params: { role: 'webchat', scopes: ['operator.admin'], client: CLIENT, auth: { token: TOKEN } },
  })
const operator = () =>
  admitted(at.gateway.port, {
    headers: REMOTE,
    params: { auth: { token: TOKEN }, scopes: ['operator.read', 'operator.write'] },
  })
const own = ({ id }: TestDevice): string => `agent:main:webchat:device:${id}`
const finished = (client: TestClient, runId: string) =>
  client.heard(
    ({ event, payload }) =>
      event === 'chat' && payload?.['runId'] === runId && payload?.['state'] === 'final',
  )
const sessions = ({ frames }: TestClient): ReadonlySet<unknown> =>
  new Set(
    frames.flatMap(({ event, payload }) =>
      event === 'chat'
        ? [payload?.['sessionKey']]
        : event === 'agent'
          ? [Object(payload?.['data'])['sessionKey']]
          : [],
    ),
  )

describe('a web chat', () => {
  it('gets neither scopes nor a view of others with its hello', async () => {
    const client = await visitor(new TestDevice())
    const hello = client.frames.find(({ id }) => id === 'connect')
    expect(hello?.payload).toMatchObject({
      auth: { role: 'webchat', scopes: [] },
      snapshot: { presence: [], health: {} },
    })
    expect(Object.keys(Object(hello?.payload?.['snapshot']))).not.toContain('sessionDefaults')
    await client.close()
  })

  it('R56: hears its own conversation alone, and an operator hears all as before', async () => {
    const [alice, bob] = [new TestDevice(), new TestDevice()]
    const [hers, his, watching] = [await visitor(alice), await visitor(bob), await operator()]
    const talk = async (client: TestClient, runId: string, more: object = {}) => {
      const message = { message: `hello from ${runId}`, idempotencyKey: runId, ...more }
      expect(await client.call('chat.send', message)).toMatchObject({ payload: { runId } })
    }
    await talk(hers, 'run-alice', { sessionKey: 'main' })
    await talk(his, 'run-bob')
    await talk(watching, 'run-owner', { sessionKey: 'main' })
    for (const runId of ['run-alice', 'run-bob', 'run-owner']) await finished(watching, runId)
    await finished(hers, 'run-alice')
    await finished(his, 'run-bob')
    await Promise.all([hers.call('health'), his.call('health')])

    expect(sessions(hers)).toEqual(new Set([own(alice)]))
    expect(sessions(his)).toEqual(new Set([own(bob)]))
    expect(sessions(watching)).toEqual(new Set([own(alice), own(bob), 'agent:main:main']))
    const { payload } = await hers.call('chat.history', {})
    expect(JSON.stringify(payload)).toContain('hello from run-alice')
    expect(JSON.stringify(payload)).not.toContain('run-bob')

    const foreign = await hers.call('chat.history', { sessionKey: own(bob) })
    expect(foreign.error).toEqual({
      code: 'FORBIDDEN',
      message: 'a web chat has one conversation, its own',
    })
    for (const client of [hers, his, watching]) await client.close()
  })

  it.each([
    ['everybody whom the gateway let in', { dmPolicy: 'pairing' }, true, true],
    ['those on the list', { dmPolicy: 'locked', allowFrom: [`device:${LISTED.id}`] }, true, false],
    [
      'a list that names them by half',
      { dmPolicy: 'locked', allowFrom: [LISTED.id] },
      false,
      false,
    ],
    ['an open door that is not for everybody', { dmPolicy: 'open' }, false, false],
    ['an open door', { dmPolicy: 'open', allowFrom: ['*'] }, true, true],
    ['nobody', { dmPolicy: 'disabled', allowFrom: [`device:${LISTED.id}`, '*'] }, false, false],
  ])('R55: `channels.webchat` says who is heard: %s', async (_who, webchat, listed, other) => {
    const gateway = await startGateway({
      config: {
        gateway: { auth: { mode: 'token', token: TOKEN } },
        security: { pairingRequired: false },
        channels: { webchat },
      },
    })
    const heard = async (device: TestDevice) => {
      const client = await visitor(device, gateway)
      const sent = await client.call('chat.send', { message: 'hello', idempotencyKey: 'k' })
      await client.close()
      return sent.ok === true ? true : sent.error
    }
    const no = { code: 'FORBIDDEN', message: expect.stringContaining('ask the owner') }
    expect([await heard(LISTED), await heard(new TestDevice())]).toMatchObject([
      listed || no,
      other || no,
    ])
    await gateway.stop()
  })

  it('may call nothing but its chat and health', async () => {
    const client = await visitor(new TestDevice())
    for (const method of ['sessions.list', 'system-presence', 'device.pair.list', 'node.list'])
      expect((await client.call(method)).error).toMatchObject({
        code: 'INVALID_REQUEST',
        message: 'unauthorized role: webchat',
      })
    expect((await client.call('health')).ok).toBe(true)
    await client.close()
  })
})

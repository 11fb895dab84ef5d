/** Devices over real sockets, several things at the same moment: each counts once, and none adds up to more. */
import { BY_OWNER } from '../../pairing/people.fixture.ts'
import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { makeSetupCode } from '../../pairing/redeem.ts'
import { approve, reject } from '../../pairing/resolve.ts'
import { remove, rotate } from '../../pairing/manage.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, TestClient, type Frame } from './test-client.fixture.ts'
import {
  testGateway,
  TOKEN,
  type TestGateway,
  type TestGatewayOptions,
} from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const OWNER = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }

/** Both are decided about before either is approved: the record keeps the first waiting for the second. */
function slowRecord(): NonNullable<TestGatewayOptions['gateway']> {
  const state = { opened: 0, release: (): void => {} }
  const second = new Promise<void>((resolve) => {
    state.release = resolve
  })
  return {
    record: {
      writable: true,
      fold: () => false,
      write: () => {},
      note: () => {},
      async open({ requestId }) {
        state.opened += 1
        if (state.opened === 2) state.release()
        await second
        return { requestId }
      },
      close: async () => {},
    },
  }
}

async function bothAtOnce(
  { port }: TestGateway,
  device: TestDevice,
  ones: readonly Record<string, unknown>[],
): Promise<readonly Frame[]> {
  const clients = ones.map(() => new TestClient(port, { device }))
  await Promise.all(clients.map((client) => client.event('connect.challenge')))
  return Promise.all(
    clients.map((client, index) => client.connect({ auth: { token: TOKEN }, ...ones[index] })),
  )
}

describe('two connects of a new device on this host', () => {
  it('in two roles: one is approved unasked, the other asks: never another role (SPEC 4)', async () => {
    const gateway = await start({ gateway: slowRecord() })
    const device = new TestDevice()
    const answers = await bothAtOnce(gateway, device, [
      { scopes: ['operator.admin'] },
      { role: 'node', scopes: [] },
    ])
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const [refused] = answers.filter(({ ok }) => !ok)
    expect(refused?.error?.details).toMatchObject({ reason: 'role-upgrade' })
    expect(gateway.desk.book.find(device.id)?.grants).toHaveLength(1)
    expect(gateway.desk.book.requests()).toHaveLength(1)
  })

  it('for different scopes: both come in, and neither takes from the other', async () => {
    const gateway = await start({ gateway: slowRecord() })
    const device = new TestDevice()
    const answers = await bothAtOnce(gateway, device, [
      { scopes: ['operator.read'] },
      { scopes: ['operator.pairing'] },
    ])
    expect(answers.map(({ ok }) => ok)).toEqual([true, true])
    expect(gateway.desk.book.find(device.id)?.grants).toMatchObject([
      { role: 'operator', scopes: ['operator.read', 'operator.pairing'] },
    ])
  })
})

it('of two devices with one setup code one is paired', async () => {
  const gateway = await start()
  const made = await makeSetupCode(gateway.desk, 'node', OWNER, BY_OWNER)
  const bootstrapToken = made.kind === 'made' ? made.token.reveal() : ''
  const clients = [1, 2].map(
    () => new TestClient(gateway.port, { headers: REMOTE, device: new TestDevice() }),
  )
  await Promise.all(clients.map((client) => client.event('connect.challenge')))
  const answers = await Promise.all(
    clients.map((client) => client.connect({ role: 'node', scopes: [], auth: { bootstrapToken } })),
  )
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  expect(gateway.desk.book.devices()).toHaveLength(1)
})

it.each(['reject', 'remove'] as const)(
  'an approval and a %s of one request: a device that waits is let in by the first or by neither',
  async (what) => {
    const gateway = await start()
    const { desk, port } = gateway
    const device = new TestDevice()
    const asking = { headers: REMOTE, device, params: { auth: { token: TOKEN } } }
    const { details } = await refusal(port, asking)
    const requestId = String(details?.['requestId'])
    const [, approved] = await Promise.all([
      what === 'reject' ? reject(desk, requestId, OWNER) : remove(desk, device.id, OWNER),
      approve(desk, { requestId, expiresAt: null }, OWNER),
    ])
    expect(approved).toEqual({ kind: 'unknown' })
    expect((await refusal(port, asking)).code).toBe('NOT_PAIRED')
  },
)

it('a rotation to less ends what the device has open, by itself too, and it comes back with less', async () => {
  const { desk, port } = await start()
  const device = new TestDevice()
  const scopes = ['operator.read', 'operator.write']
  const local = await admitted(port, { device, params: { scopes, auth: { token: TOKEN } } })
  const own = { scopes: ALL_SCOPES, deviceId: device.id, name: `device:${device.id}` }
  const less = {
    deviceId: device.id,
    role: 'operator' as const,
    scopes: ['operator.read' as const],
  }
  const answer = await rotate(desk, less, own)
  expect((await local.closed).code).toBe(4001)
  const deviceToken = answer.kind === 'rotated' ? answer.token?.reveal() : undefined
  const back = { headers: REMOTE, device, params: { auth: { deviceToken } } }
  expect((await refusal(port, { ...back, params: { ...back.params, scopes } })).code).toBe(
    'INVALID_REQUEST',
  )
  await admitted(port, back)
})

it('once the new token was used, what the old one opened ends', async () => {
  const { desk, port } = await start()
  const device = new TestDevice()
  const first = await admitted(port, { device, params: { auth: { token: TOKEN } } })
  const token = (await desk.turn((book) => ({ result: book.find(device.id) })))?.grants[0]
  const old = token === undefined ? null : desk.tokens.current(device.id, token)
  await first.close()
  await rotate(desk, { deviceId: device.id, role: 'operator', scopes: null }, OWNER)
  const byOld = await admitted(port, {
    headers: REMOTE,
    device,
    params: { auth: { deviceToken: old?.reveal() } },
  })
  const [grant] = desk.book.find(device.id)?.grants ?? []
  const fresh = grant === undefined ? null : desk.tokens.current(device.id, grant)
  const byNew = await admitted(port, {
    headers: REMOTE,
    device,
    params: { auth: { deviceToken: fresh?.reveal() } },
  })
  expect((await byOld.closed).code).toBe(4001)
  expect((await byNew.call('test.echo', { text: 'still here' })).ok).toBe(true)
})

import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { nodeGateway, pendingId } from './node-gateway.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, type TestClient } from './test-client.fixture.ts'
import { TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(nodeGateway)

const described = async (operator: TestClient, nodeId: string) =>
  (await operator.call('node.describe', { nodeId })).payload

describe('node.pair.request', () => {
  it('asks for a paired node’s commands in its place', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, {})
    const ask = { nodeId: device.id, displayName: 'Other', silent: true, commands: ['camera.snap'] }
    const first = await operator.call('node.pair.request', ask)
    expect(first.payload).toMatchObject({
      status: 'pending',
      created: true,
      request: { nodeId: device.id, displayName: 'Attic', commands: ['camera.snap'] },
    })
    expect((await operator.call('node.pair.request', ask)).payload).toEqual({
      ...first.payload,
      created: false,
    })
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })
    // Approved is not claimed: the node itself says what it can do.
    expect(await described(operator, device.id)).toMatchObject({ commands: [] })
    expect((await operator.call('node.pair.request', ask)).payload).toMatchObject({
      status: 'approved',
      created: false,
    })
  })

  it('says how a node pairs to whoever names an unknown one', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const { error } = await operator.call('node.pair.request', { nodeId: 'nobody', commands: [] })
    expect(error?.code).toBe('INVALID_REQUEST')
    expect(error?.message).toMatch(/unknown nodeId.*connecting with its key.*openclaw qr/)
  })
})

describe('node.pair.verify', () => {
  const deviceTokenOf = (node: TestClient): string => {
    const hello = node.frames.find(({ id }) => id === 'connect')
    return String(Object(hello?.payload?.['auth'])['deviceToken'])
  }

  it('says yes to the node’s own token, and no to everything else', async () => {
    const gateway = await start()
    const operator = await gateway.operator(['operator.pairing'])
    const device = new TestDevice()
    const other = new TestDevice()
    const token = deviceTokenOf(await gateway.node(device))
    const foreign = deviceTokenOf(await gateway.node(other))
    const nodeId = device.id
    expect(await operator.call('node.pair.verify', { nodeId, token })).toMatchObject({
      payload: { ok: true, node: { nodeId } },
    })
    for (const wrong of [foreign, TOKEN, 'ocd_wrong', 'sk-wrong'])
      expect(await operator.call('node.pair.verify', { nodeId, token: wrong })).toMatchObject({
        payload: { ok: false },
      })
  })

  it('says no to the token that a node has in another role', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    const asOperator = await admitted(gateway.port, { device, params: { auth: { token: TOKEN } } })
    await expect(gateway.node(device)).rejects.toThrow('PAIRING_REQUIRED')
    const requestId = gateway.desk.book.requestOf(device.id)?.requestId
    await operator.call('device.pair.approve', { requestId })
    const asNode = await gateway.node(device)
    const verdicts = await Promise.all(
      [asOperator, asNode].map((client) =>
        operator.call('node.pair.verify', { nodeId: device.id, token: deviceTokenOf(client) }),
      ),
    )
    expect(verdicts.map(({ payload }) => payload?.['ok'])).toEqual([false, true])
  })

  it('R28: is behind the one throttle, and its guesses are on the record', async () => {
    const gateway = await start({ guesses: { maxAttempts: 3 } })
    const operator = await gateway.operator(['operator.pairing'])
    const nodeId = new TestDevice().id
    const guess = (n: number) =>
      operator.call('node.pair.verify', { nodeId, token: `ocd_wrong${n}` })
    for (const n of [1, 2, 3]) expect(await guess(n)).toMatchObject({ payload: { ok: false } })
    expect((await guess(4)).error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    const failures = gateway.written.filter(
      ({ operation, outcome }) => operation === 'node.pair.verify' && outcome === 'refused',
    )
    expect(failures.flatMap((entry) => entry.failures)).toHaveLength(3)
    expect(JSON.stringify(failures)).not.toContain('wrong1')
    // The door is shut for that class as well.
    await expect(
      admitted(gateway.port, {
        from: '127.0.0.1',
        headers: { 'x-forwarded-for': '203.0.113.9' },
        device: new TestDevice(),
        params: { auth: { deviceToken: 'ocd_another' } },
      }),
    ).rejects.toThrow('AUTH_RATE_LIMITED')
  })

  it('R28: counts a wrong shared secret like one at the door', async () => {
    const gateway = await start({ guesses: { maxAttempts: 2 } })
    const operator = await gateway.operator(['operator.pairing'])
    const nodeId = new TestDevice().id
    for (const token of ['guess-1', 'guess-2'])
      expect(await operator.call('node.pair.verify', { nodeId, token })).toMatchObject({
        payload: { ok: false },
      })
    // Right or wrong, nothing is compared any more.
    expect((await operator.call('node.pair.verify', { nodeId, token: TOKEN })).error).toMatchObject(
      {
        code: 'UNAVAILABLE',
      },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { MAX_ANSWER_LENGTH, MAX_PARAMS_LENGTH, MOST_OF_ONE_NODE } from '../../nodes/invocations.ts'
import { approvedNode, nodeGateway, type Claim } from './node-gateway.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import type { Frame, TestClient } from './test-client.fixture.ts'

const startGateway = stoppedAfterEach(nodeGateway)
const start = async (claim?: Claim) => {
  const gateway = await startGateway()
  return { gateway, ...(await approvedNode(gateway, claim)) }
}

/** The nth request that this node was sent. */
const asked = async (node: TestClient, nth = 0): Promise<Readonly<Record<string, unknown>>> => {
  const requests = (): readonly Frame[] =>
    node.frames.filter(({ event }) => event === 'node.invoke.request')
  const frame = await node.heard((one) => requests()[nth] === one)
  expect(frame.seq).toBeUndefined()
  return frame.payload ?? {}
}
const answer = (
  node: TestClient,
  { id, nodeId }: Readonly<Record<string, unknown>>,
  more: object,
) => node.call('node.invoke.result', { id, nodeId, ok: true, ...more })
const SNAP = { command: 'camera.snap', idempotencyKey: 'key-1' }

describe('node.invoke', () => {
  it('runs an approved command on the node and answers with what the node says', async () => {
    const { node, operator, nodeId } = await start()
    const call = operator.call('node.invoke', { nodeId, ...SNAP, params: { facing: 'ü' } })
    const request = await asked(node)
    expect(request).toEqual({
      id: expect.any(String),
      nodeId,
      command: 'camera.snap',
      paramsJSON: '{"facing":"ü"}',
      timeoutMs: 30_000,
      idempotencyKey: expect.any(String),
    })
    const result = await answer(node, request, { payloadJSON: '{"size":3}' })
    expect(result).toMatchObject({ ok: true, payload: { ok: true } })
    expect((await call).payload).toEqual({
      ok: true,
      nodeId,
      command: 'camera.snap',
      payload: { size: 3 },
      payloadJSON: '{"size":3}',
    })
  })

  it.each([
    { sent: { payload: { a: 1 } }, payload: { a: 1 }, payloadJSON: '{"a":1}' },
    { sent: {}, payload: null, payloadJSON: null },
    { sent: { payloadJSON: null }, payload: null, payloadJSON: null },
    { sent: { payloadJSON: 'no json' }, payload: null, payloadJSON: 'no json' },
  ])('takes $sent for an answer', async ({ sent, ...payloads }) => {
    const { node, operator, nodeId } = await start()
    const call = operator.call('node.invoke', { nodeId, ...SNAP })
    await answer(node, await asked(node), sent)
    expect((await call).payload).toEqual({ ok: true, nodeId, command: 'camera.snap', ...payloads })
  })

  it('tells the caller, and not the record, what the node could not do', async () => {
    const { gateway, node, operator, nodeId } = await start()
    const call = operator.call('node.invoke', { nodeId, ...SNAP })
    const error = { code: 'NO_CAMERA', message: 'covered\u001b[31m: pass=hunter2' }
    await answer(node, await asked(node), { ok: false, error })
    expect((await call).error).toEqual({
      code: 'UNAVAILABLE',
      message: 'NO_CAMERA: covered [31m: pass=hunter2',
      details: { code: 'NODE_ERROR' },
    })
    expect(JSON.stringify(gateway.written)).not.toContain('hunter2')
  })

  it('is a change: without a record nothing runs', async () => {
    const { gateway, node, operator, nodeId } = await start()
    Object.assign(gateway.gateway.record, { open: () => Promise.reject(new Error('full')) })
    const { error } = await operator.call('node.invoke', { nodeId, ...SNAP })
    expect(error?.message).toContain('record cannot be written')
    await node.call('health')
    expect(node.frames.some(({ event }) => event === 'node.invoke.request')).toBe(false)
  })

  it.each([
    { name: 'not claimed', claim: { commands: ['camera.snap'] }, command: 'camera.clip' },
    { name: 'claimed and not approved', claim: {}, command: 'camera.snap' },
  ])('refuses a command that is $name, and sends nothing', async ({ claim, command }) => {
    const gateway = await startGateway()
    const operator = await gateway.operator()
    const device = new TestDevice()
    const node = await gateway.node(device, { commands: ['camera.snap'] })
    if (claim.commands !== undefined) {
      const { payload } = await operator.call('node.pair.list')
      await operator.call('node.pair.approve', {
        requestId: Object(payload)['pending'][0].requestId,
      })
    }
    const { error } = await operator.call('node.invoke', { nodeId: device.id, command })
    expect(error?.code).toBe('INVALID_REQUEST')
    expect(error?.message).toContain('node command not allowed')
    await node.call('health')
    expect(node.frames.some(({ event }) => event === 'node.invoke.request')).toBe(false)
  })

  it('refuses what was approved and the node does not claim', async () => {
    const { gateway, device, operator, nodeId } = await start()
    await gateway.node(device, { commands: ['camera.snap', 'another'] })
    await gateway.node(device, {})
    const { error } = await operator.call('node.invoke', { nodeId, ...SNAP })
    expect(error?.message).toContain('node command not allowed')
  })

  it('needs an administrator for the commands that reach deep into a machine', async () => {
    const { gateway, node, operator, nodeId } = await start({ commands: ['system.run', 'ls'] })
    const writer = await gateway.operator(['operator.write'])
    for (const command of ['system.run', 'System.Run', 'system.execApprovals.set']) {
      const { error } = await writer.call('node.invoke', { nodeId, command })
      expect(error).toMatchObject({ code: 'FORBIDDEN', message: 'missing scope: operator.admin' })
    }
    const harmless = writer.call('node.invoke', { nodeId, command: 'ls' })
    await answer(node, await asked(node), {})
    expect((await harmless).ok).toBe(true)
    const deep = operator.call('node.invoke', { nodeId, command: 'system.run' })
    await answer(node, await asked(node, 1), {})
    expect((await deep).ok).toBe(true)
  })

  it('says that a node is unknown, or away, in the wire’s words', async () => {
    const { gateway, device, operator, nodeId } = await start()
    expect((await operator.call('node.invoke', { nodeId: 'nobody', ...SNAP })).error).toMatchObject(
      {
        code: 'UNAVAILABLE',
        retryable: true,
        details: { code: 'PAIRING_CHANGED' },
      },
    )
    gateway.surface.cutDevice(device.id, 'node')
    expect((await operator.call('node.invoke', { nodeId, ...SNAP })).error).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'node not connected',
      details: { code: 'NOT_CONNECTED' },
    })
  })

  it('ends at once when the node is gone, or removed', async () => {
    const { gateway, node, operator, nodeId, device } = await start()
    const gone = { code: 'UNAVAILABLE', message: 'the node disconnected before it answered' }
    const first = operator.call('node.invoke', { nodeId, ...SNAP })
    await asked(node)
    await node.close()
    expect((await first).error).toMatchObject(gone)

    const again = await gateway.node(device, { commands: ['camera.snap'] })
    const second = operator.call('node.invoke', { nodeId, ...SNAP, idempotencyKey: 'key-2' })
    await asked(again)
    await operator.call('node.pair.remove', { nodeId })
    expect((await second).error).toMatchObject(gone)
  })

  it('ends in time, tells the node to stop, and takes no late answer', async () => {
    const { node, operator, nodeId } = await start()
    const { error } = await operator.call('node.invoke', { nodeId, ...SNAP, timeoutMs: 50 })
    expect(error).toEqual({
      code: 'UNAVAILABLE',
      message: 'the node did not answer in time',
      details: { code: 'TIMEOUT' },
    })
    const request = await asked(node)
    expect((await node.event('node.invoke.cancel')).payload).toEqual({
      invokeId: request['id'],
      nodeId,
    })
    expect((await answer(node, request, {})).error?.message).toBe('unknown invoke id')
  })

  it.each([600_001, -1, 1.5])('does not take %d for a time', async (timeoutMs) => {
    const { operator, nodeId } = await start()
    const { error } = await operator.call('node.invoke', { nodeId, ...SNAP, timeoutMs })
    expect(error?.message).toMatch(/^invalid node.invoke params: .*timeoutMs/)
  })

  it('is cancelled on the node when its caller goes away', async () => {
    const { gateway, node, nodeId } = await start()
    const caller = await gateway.operator()
    caller.send({ type: 'req', id: 'x', method: 'node.invoke', params: { nodeId, ...SNAP } })
    const { id } = await asked(node)
    await caller.close()
    const cancel = await node.event('node.invoke.cancel')
    expect(cancel.payload).toEqual({ invokeId: id, nodeId })
    expect(cancel.seq).toBeUndefined()
  })

  it('goes on while one of two callers with the same key still waits', async () => {
    const { gateway, node, operator, nodeId } = await start()
    const first = await gateway.operator()
    first.send({ type: 'req', id: 'x', method: 'node.invoke', params: { nodeId, ...SNAP } })
    const request = await asked(node)
    const second = operator.call('node.invoke', { nodeId, ...SNAP })
    await operator.call('health')
    await first.close()
    await gateway.operator()
    await answer(node, request, { payload: 7 })
    expect((await second).payload).toMatchObject({ payload: 7 })
    expect(node.frames.some(({ event }) => event === 'node.invoke.cancel')).toBe(false)
  })
})

describe('an idempotency key', () => {
  it('runs a command once: the same answer later, and without the node', async () => {
    const { node, operator, nodeId } = await start()
    const call = operator.call('node.invoke', { nodeId, ...SNAP, params: [1] })
    await answer(node, await asked(node), { payload: 'once' })
    const first = await call
    await node.close()
    const again = await operator.call('node.invoke', { nodeId, ...SNAP, params: [1] })
    expect(again.payload).toEqual(first.payload)
  })

  it('that stands for something else is refused', async () => {
    const { node, operator, nodeId } = await start()
    const call = operator.call('node.invoke', { nodeId, ...SNAP, params: [1] })
    await answer(node, await asked(node), {})
    await call
    for (const other of [{ params: [2] }, {}, { params: [1], timeoutMs: 1_000 }]) {
      const { error } = await operator.call('node.invoke', { nodeId, ...SNAP, ...other })
      expect(error).toMatchObject({ code: 'INVALID_REQUEST' })
      expect(error?.message).toContain('stands for another command')
    }
    expect(node.frames.filter(({ event }) => event === 'node.invoke.request')).toHaveLength(1)
  })

  it('is its caller’s own, and the node cannot take one caller’s for the other’s', async () => {
    const { gateway, node, operator, nodeId } = await start()
    const device = new TestDevice()
    await gateway.node(device, {})
    const mine = operator.call('node.invoke', { nodeId, ...SNAP })
    const first = await asked(node)
    await answer(node, first, { payload: 'mine' })
    expect((await mine).payload).toMatchObject({ payload: 'mine' })

    const owner = await gateway.owner()
    const theirs = owner.call('node.invoke', { nodeId, ...SNAP })
    const second = await asked(node, 1)
    expect(second['idempotencyKey']).not.toBe(first['idempotencyKey'])
    await answer(node, second, { payload: 'theirs' })
    expect((await theirs).payload).toMatchObject({ payload: 'theirs' })
  })

  it('stands for what failed as well: a command that may have run does not run again', async () => {
    const { node, operator, nodeId } = await start()
    const late = { nodeId, ...SNAP, timeoutMs: 50 }
    const { error } = await operator.call('node.invoke', late)
    expect((await operator.call('node.invoke', late)).error).toEqual(error)
    await node.call('health')
    expect(node.frames.filter(({ event }) => event === 'node.invoke.request')).toHaveLength(1)
  })
})

describe('node.invoke.result', () => {
  it('counts from the very connection that was asked, once', async () => {
    const { gateway, node, device, operator, nodeId } = await start()
    const other = await approvedNode(gateway)
    const call = operator.call('node.invoke', { nodeId, ...SNAP })
    const request = await asked(node)
    const twin = await gateway.node(device, { commands: ['camera.snap'] })

    const wrong = [
      await answer(other.node, request, { payload: 'forged' }),
      await answer(other.node, { ...request, nodeId: other.nodeId }, { payload: 'forged' }),
      await answer(twin, request, { payload: 'forged' }),
      await answer(node, { ...request, nodeId: other.nodeId }, { payload: 'forged' }),
      await answer(node, { ...request, id: 'unknown' }, { payload: 'forged' }),
    ]
    for (const { error } of wrong)
      expect(error).toEqual({ code: 'INVALID_REQUEST', message: 'unknown invoke id' })
    expect((await answer(node, request, { payload: 'right' })).ok).toBe(true)
    expect((await answer(node, request, { payload: 'second' })).error?.message).toBe(
      'unknown invoke id',
    )
    expect((await call).payload).toMatchObject({ payload: 'right' })
  })

  it('is no method of an operator, and node.invoke none of a node', async () => {
    const { node, operator, nodeId } = await start()
    expect((await answer(operator, { id: 'x', nodeId }, {})).error).toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'unauthorized role: operator',
    })
    expect((await node.call('node.invoke', { nodeId, ...SNAP })).error?.message).toBe(
      'unauthorized role: node',
    )
  })
})

describe('the bounds of node.invoke', () => {
  it('hold for what is sent, and for what comes back', async () => {
    const { node, operator, nodeId } = await start()
    const params = 'x'.repeat(MAX_PARAMS_LENGTH)
    const long = await operator.call('node.invoke', { nodeId, ...SNAP, params })
    expect(long.error?.message).toContain('params are longer than')

    const call = operator.call('node.invoke', { nodeId, ...SNAP })
    const payloadJSON = `"${'x'.repeat(MAX_ANSWER_LENGTH)}"`
    await answer(node, await asked(node), { payloadJSON })
    expect((await call).error?.message).toContain('TOO_LARGE')
  })

  it('hold for how many commands a node runs at once', async () => {
    const { node, operator, nodeId } = await start()
    const calls = Array.from({ length: MOST_OF_ONE_NODE }, () =>
      operator.call('node.invoke', { nodeId, command: 'camera.snap' }),
    )
    await asked(node, MOST_OF_ONE_NODE - 1)
    const { error } = await operator.call('node.invoke', { nodeId, command: 'camera.snap' })
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    for (const [nth] of calls.entries()) await answer(node, await asked(node, nth), {})
    expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true)
    const next = operator.call('node.invoke', { nodeId, command: 'camera.snap' })
    await answer(node, await asked(node, MOST_OF_ONE_NODE), {})
    expect((await next).ok).toBe(true)
  })
})

it('an answer still counts while the gateway stops, since somebody waits for it', async () => {
  const { gateway, node, operator, nodeId } = await start()
  const call = operator.call('node.invoke', { nodeId, ...SNAP })
  const request = await asked(node)
  const drained = gateway.surface.drain({ reason: 'x', restartExpectedMs: null, graceMs: 5_000 })
  await node.event('shutdown')
  await answer(node, request, { payload: 'in time' })
  expect((await call).payload).toMatchObject({ payload: 'in time' })
  await drained
})

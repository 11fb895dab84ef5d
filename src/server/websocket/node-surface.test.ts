import { describe, expect, it, vi } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { nodeGateway, pending, pendingId } from './node-gateway.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, type TestClient } from './test-client.fixture.ts'
import { TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(nodeGateway)

const SNAP = { caps: ['camera'], commands: ['camera.snap', 'camera.clip'] }
const described = async (operator: TestClient, nodeId: string) =>
  (await operator.call('node.describe', { nodeId })).payload
const requested = (client: TestClient) =>
  client.frames.filter(({ event }) => event === 'node.pair.requested')

describe('what a node claims', () => {
  it('waits for an approval, also where its device was paired unasked', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, SNAP)
    const { payload } = await operator.event('node.pair.requested')
    expect(payload).toMatchObject({
      nodeId: device.id,
      displayName: 'Attic',
      clientId: 'node-host',
      caps: ['camera'],
      commands: ['camera.clip', 'camera.snap'],
      requiredApproveScopes: ['operator.pairing', 'operator.write'],
    })
    expect(await described(operator, device.id)).toMatchObject({
      caps: [],
      commands: [],
      approvalState: 'pending-approval',
      paired: true,
      connected: true,
      version: '9.9.9',
      pendingDeclaredCommands: ['camera.clip', 'camera.snap'],
    })

    const requestId = await pendingId(operator)
    expect(await operator.call('node.pair.approve', { requestId })).toMatchObject({
      ok: true,
      payload: { requestId, node: { nodeId: device.id, commands: ['camera.clip', 'camera.snap'] } },
    })
    expect(await operator.event('node.pair.resolved')).toMatchObject({
      payload: { requestId, nodeId: device.id, decision: 'approved' },
    })
    expect(await described(operator, device.id)).toMatchObject({
      ...SNAP,
      commands: ['camera.clip', 'camera.snap'],
      approvalState: 'approved',
    })
  })

  it('is in force when it is as approved, or narrower, and no wider', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, SNAP)
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })

    await gateway.node(device, { commands: ['camera.snap'] })
    expect(await pending(operator)).toEqual([])
    expect(await described(operator, device.id)).toMatchObject({
      caps: [],
      commands: ['camera.snap'],
      approvalState: 'approved',
    })
    await gateway.node(device, { commands: ['camera.snap', 'system.run'] })
    expect(await described(operator, device.id)).toMatchObject({
      commands: ['camera.snap'],
      approvalState: 'pending-reapproval',
    })
    expect(await pending(operator)).toMatchObject([
      {
        commands: ['camera.snap', 'system.run'],
        requiredApproveScopes: ['operator.pairing', 'operator.write', 'operator.admin'],
      },
    ])
  })

  it('R12: is one request, which never changes: another claim is another one, and the old id is dead', async () => {
    const time = { now: Date.now() }
    const gateway = await start({ clock: () => time.now })
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, { commands: ['a', 'b'] })
    const first = await pendingId(operator)
    await gateway.node(device, { commands: ['b', 'a', 'a'] })
    expect(await pendingId(operator)).toBe(first)
    expect(requested(operator)).toHaveLength(1)

    time.now += 10_000
    await gateway.node(device, { commands: ['a', 'b', 'system.run'] })
    const second = await pendingId(operator)
    expect(second).not.toBe(first)
    expect(await operator.call('node.pair.approve', { requestId: first })).toMatchObject({
      ok: false,
      error: { code: 'INVALID_REQUEST', message: 'unknown requestId' },
    })
    expect(requested(operator)).toHaveLength(2)
    expect(await operator.event('node.pair.resolved')).toMatchObject({
      payload: { requestId: first, decision: 'rejected' },
    })
    // What the node no longer claims is not asked for any more.
    time.now += 10_000
    await gateway.node(device, {})
    expect(await pending(operator)).toEqual([])
  })

  it('needs no approval without commands', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, { caps: ['camera'] })
    expect(await pending(operator)).toEqual([])
    expect(await described(operator, device.id)).toMatchObject({
      commands: [],
      approvalState: 'approved',
    })
  })

  it('R19: is nothing where its name cannot be shown', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    await gateway.node(new TestDevice(), {
      commands: ['camera.snap', 'a b', 'a\u202eb', 'x'.repeat(129)],
    })
    expect(await pending(operator)).toMatchObject([{ commands: ['camera.snap'] }])
  })

  it('of somebody who is no node is nothing', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    await admitted(gateway.port, {
      device: new TestDevice(),
      params: { auth: { token: TOKEN }, commands: ['camera.snap'] },
    })
    expect(await pending(operator)).toEqual([])
  })

  it('lets the node in all the same when the store takes no request', async () => {
    const disk = { full: false }
    const gateway = await start({
      desk: {
        write: async () => (disk.full ? Promise.reject(new Error('the disk is full')) : undefined),
      },
    })
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, {})
    disk.full = true
    await gateway.node(device, SNAP)
    expect(await described(operator, device.id)).toMatchObject({ connected: true, commands: [] })
    expect(gateway.logged.join('\n')).toContain('the disk is full')
    expect(await pending(operator)).toEqual([])
  })
})

describe('a node', () => {
  it('that is removed is cut off, forgotten, and let in again by an operator alone', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    const node = await gateway.node(device, SNAP)
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })
    expect(await operator.call('node.pair.remove', { nodeId: device.id })).toMatchObject({
      payload: { nodeId: device.id },
    })
    expect(await node.closed).toEqual({ code: 4001, reason: 'device removed' })
    expect((await operator.call('node.list')).payload).toMatchObject({ nodes: [] })
    expect(await operator.call('node.pair.remove', { nodeId: device.id })).toMatchObject({
      error: { code: 'INVALID_REQUEST', message: 'unknown nodeId' },
    })
    await expect(gateway.node(device, SNAP)).rejects.toThrow('PAIRING_REQUIRED')
    expect(await pending(operator)).toEqual([])
  })

  it('that is removed as a node stays the operator that it is, too', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    const asOperator = await admitted(gateway.port, { device, params: { auth: { token: TOKEN } } })
    await expect(gateway.node(device, SNAP)).rejects.toThrow('PAIRING_REQUIRED')
    const requestId = gateway.desk.book.requestOf(device.id)?.requestId
    expect(await operator.call('device.pair.approve', { requestId })).toMatchObject({ ok: true })
    const node = await gateway.node(device, SNAP)
    await operator.call('node.pair.remove', { nodeId: device.id })
    expect((await node.closed).code).toBe(4001)
    expect((await asOperator.call('health')).ok).toBe(true)
  })

  it('R15: that is removed stays out also where the disk does not take it', async () => {
    const disk = { full: false }
    const write = async () => {
      if (disk.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    const gateway = await start({ desk: { write } })
    const operator = await gateway.operator()
    const device = new TestDevice()
    const node = await gateway.node(device, {})
    disk.full = true
    const { error } = await operator.call('node.pair.remove', { nodeId: device.id })
    expect(error?.code).toBe('UNAVAILABLE')
    expect((await node.closed).code).toBe(4001)
    disk.full = false
    await expect(gateway.node(device, {})).rejects.toThrow('PAIRING_REQUIRED')
  })

  it('that is revoked takes its request along', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, SNAP)
    await operator.call('device.token.revoke', { deviceId: device.id, role: 'node' })
    expect(await operator.event('node.pair.resolved')).toMatchObject({
      payload: { nodeId: device.id, decision: 'rejected' },
    })
    expect(await pending(operator)).toEqual([])
  })

  it('has the name that an operator gives it', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device)
    const name = { nodeId: device.id, displayName: ' Cellar ' }
    expect(await operator.call('node.rename', name)).toMatchObject({
      payload: { nodeId: device.id, displayName: 'Cellar' },
    })
    expect(await described(operator, device.id)).toMatchObject({ displayName: 'Cellar' })
    expect(
      (await operator.call('node.rename', { ...name, displayName: ' ' })).error?.message,
    ).toContain('displayName required')
    for (const nodeId of ['nobody', new TestDevice().id])
      expect((await operator.call('node.rename', { ...name, nodeId })).error?.message).toBe(
        'unknown nodeId',
      )
  })

  it('is shown with what it is approved for while it is away', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    const node = await gateway.node(device, SNAP)
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })
    await node.close()
    await vi.waitFor(async () =>
      expect(await described(operator, device.id)).toMatchObject({
        connected: false,
        commands: ['camera.clip', 'camera.snap'],
      }),
    )
    expect((await operator.call('node.describe', { nodeId: 'nobody' })).error).toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'unknown nodeId',
    })
  })

  it('sees nobody in its hello, and may tell of itself', async () => {
    const gateway = await start()
    const node = await gateway.node(new TestDevice())
    const hello = node.frames.find(({ id }) => id === 'connect')
    expect(hello?.payload).toMatchObject({
      auth: { role: 'node', scopes: [] },
      snapshot: { presence: [], health: {} },
    })
    expect(await node.call('node.event', { event: 'node.host.stats', payloadJSON: '{}' })).toEqual(
      expect.objectContaining({
        payload: { ok: true, event: 'node.host.stats', handled: false, reason: 'unsupported' },
      }),
    )
  })
})

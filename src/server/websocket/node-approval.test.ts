import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { nodeGateway, pending, pendingId } from './node-gateway.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, type TestClient } from './test-client.fixture.ts'
import { approveSurface } from '../../pairing/nodes.ts'
import { TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(nodeGateway)

const SNAP = { caps: ['camera'], commands: ['camera.snap', 'camera.clip'] }
const described = async (operator: TestClient, nodeId: string) =>
  (await operator.call('node.describe', { nodeId })).payload

describe('an approval', () => {
  it.each([
    { scopes: ['operator.pairing'], commands: ['camera.snap'], missing: 'operator.write' },
    {
      scopes: ['operator.pairing', 'operator.write'],
      commands: ['camera.snap'],
      missing: null,
    },
    ...[
      'system.run',
      'System.Run',
      'system.which',
      'browser.proxy',
      'fs.listDir',
      'terminal.upload',
      'system.execApprovals.set',
    ].map((command) => ({
      scopes: ['operator.pairing', 'operator.write'],
      commands: ['camera.snap', command],
      missing: 'operator.admin',
    })),
    { scopes: ['operator.admin'], commands: ['system.run'], missing: null },
  ])('R11: of $commands with $scopes needs no more than $missing', async (row) => {
    const gateway = await start()
    await gateway.node(new TestDevice(), { commands: row.commands })
    const operator = await gateway.operator(row.scopes)
    const answer = await operator.call('node.pair.approve', {
      requestId: await pendingId(operator),
    })
    expect(answer).toMatchObject(
      row.missing === null
        ? { ok: true }
        : {
            ok: false,
            error: { code: 'INVALID_REQUEST', message: `missing scope: ${row.missing}` },
          },
    )
    expect(await pending(operator)).toHaveLength(row.missing === null ? 0 : 1)
  })

  it('R13: of another device’s commands is no business of a device’s own token', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    await gateway.node(new TestDevice(), SNAP)
    const requestId = await pendingId(operator)

    const scopes = ['operator.pairing', 'operator.write']
    const device = new TestDevice()
    const first = await admitted(gateway.port, {
      device,
      params: { auth: { token: TOKEN }, scopes },
    })
    const hello = first.frames.find(({ id }) => id === 'connect')
    const deviceToken = String(Object(hello?.payload?.['auth'])['deviceToken'])
    const own = await admitted(gateway.port, { device, params: { auth: { deviceToken }, scopes } })
    expect(await pending(own)).toEqual([])
    for (const method of ['node.pair.approve', 'node.pair.reject']) {
      const foreign = await own.call(method, { requestId })
      const nothing = await own.call(method, { requestId: 'nothing' })
      expect(foreign.error).toEqual(nothing.error)
      expect(foreign.error?.message).toMatch(/^node pairing (approval|rejection) denied$/)
    }
    expect(await pendingId(operator)).toBe(requestId)
  })

  it('R11: ends with that of the device that gave it', async () => {
    const time = { now: Date.now() }
    const gateway = await start({ clock: () => time.now })
    const operator = await gateway.operator()
    const approver = new TestDevice()
    const scopes = ['operator.admin']
    const asOperator = { device: approver, headers: REMOTE }
    const params = { auth: { token: TOKEN }, scopes }
    const { details } = await refusal(gateway.port, { ...asOperator, params })
    const asked = { requestId: details?.['requestId'], expires: '1h' }
    expect(await operator.call('device.pair.approve', asked)).toMatchObject({ ok: true })
    const first = await admitted(gateway.port, { ...asOperator, params })
    const hello = first.frames.find(({ id }) => id === 'connect')
    const auth = { deviceToken: String(Object(hello?.payload?.['auth'])['deviceToken']) }
    const own = await admitted(gateway.port, { ...asOperator, params: { auth, scopes } })

    const node = new TestDevice()
    await gateway.node(node, SNAP)
    const approved = await own.call('node.pair.approve', { requestId: await pendingId(operator) })
    expect(approved.payload).toMatchObject({ node: { expiresAtMs: time.now + 3_600_000 } })
    time.now += 3_599_999
    expect(await described(operator, node.id)).toMatchObject({ approvalState: 'approved' })
    time.now += 1
    expect(await described(operator, node.id)).toMatchObject({
      commands: [],
      approvalState: 'unapproved',
    })
    const call = { nodeId: node.id, command: 'camera.snap' }
    expect((await operator.call('node.invoke', call)).error?.message).toContain('not allowed')
    await gateway.node(node, SNAP)
    expect(await pending(operator)).toHaveLength(1)
  })

  it('R11: is none of a device that was revoked before its turn came', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    await gateway.node(new TestDevice(), SNAP)
    const requestId = await pendingId(operator)
    const gone = new TestDevice().id
    const actor = { scopes: ['operator.admin'], deviceId: gone, name: `device:${gone}` } as const
    expect(await approveSurface(gateway.desk, requestId, actor)).toEqual({ kind: 'denied' })
    expect(await pendingId(operator)).toBe(requestId)
  })

  it('that was refused leaves what was approved before, and the node may ask again', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const device = new TestDevice()
    await gateway.node(device, { commands: ['a'] })
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })
    await gateway.node(device, { commands: ['a', 'b'] })
    const requestId = await pendingId(operator)
    expect(await operator.call('node.pair.reject', { requestId })).toMatchObject({
      payload: { requestId, nodeId: device.id },
    })
    expect(await described(operator, device.id)).toMatchObject({
      commands: ['a'],
      approvalState: 'approved',
    })
    await gateway.node(device, { commands: ['a', 'b'] })
    expect(await pending(operator)).toHaveLength(1)
  })

  it('reaches the node itself, and nothing of other nodes does', async () => {
    const gateway = await start()
    const operator = await gateway.operator()
    const other = await gateway.node(new TestDevice(), {})
    const node = await gateway.node(new TestDevice(), SNAP)
    await operator.call('node.pair.approve', { requestId: await pendingId(operator) })
    const heard = await node.event('node.pair.resolved')
    expect(heard.seq).toBeUndefined()
    await other.call('health')
    expect(other.frames.map(({ event }) => event).filter((name) => name !== undefined)).toEqual([
      'connect.challenge',
    ])
  })
})

/** A device that was cut off comes back by itself: on the gateway's own host that must not ask for what was taken away. */
import { afterEach, describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { remove, revoke } from '../../pairing/manage.ts'
import { removeNode } from '../../pairing/nodes.ts'
import { OWNER } from '../../pairing/people.fixture.ts'
import { COMES_BACK_MS } from '../../pairing/recent-ends.ts'
import { NODE_PARAMS } from './node-gateway.fixture.ts'
import { tokenIn } from './pairing.fixture.ts'
import { admitted, refusal } from './test-client.fixture.ts'
import { testGateway, TOKEN, type TestGateway } from './test-gateway.fixture.ts'

const open: TestGateway[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()))
})

const DEAD = `ocd_${'d'.repeat(43)}`

/** A node that connected with the shared token once, on the gateway's host. */
async function nodeHere() {
  const time = { now: Date.now() }
  const gateway = await testGateway({ clock: () => time.now })
  open.push(gateway)
  const device = new TestDevice()
  const comes = (auth: object) => ({ device, params: { ...NODE_PARAMS, auth } })
  const deviceToken = tokenIn(await admitted(gateway.port, comes({ token: TOKEN })))
  await admitted(gateway.port, comes({ deviceToken }))
  const refused = async (auth: object) => (await refusal(gateway.port, comes(auth))).details
  const waiting = () => gateway.desk.book.requests()
  return { time, gateway, device, deviceToken, refused, waiting }
}

type Node = Awaited<ReturnType<typeof nodeHere>>

describe('a node on the gateway’s host', () => {
  it.each<[string, (node: Node) => Promise<unknown>]>([
    ['removed', ({ gateway, device }) => remove(gateway.desk, device.id, OWNER)],
    [
      'revoked',
      ({ gateway, device }) => revoke(gateway.desk, { deviceId: device.id, role: 'node' }, OWNER),
    ],
    ['removed as a node', ({ gateway, device }) => removeNode(gateway.desk, device.id, OWNER)],
  ])('that is %s makes no request by coming back with its token', async (_what, end) => {
    const node = await nodeHere()
    await end(node)
    node.time.now += COMES_BACK_MS - 1
    const details = await node.refused({ deviceToken: node.deviceToken })
    expect(details).toMatchObject({
      code: 'PAIRING_REQUIRED',
      remediationHint: expect.stringContaining('start it again, or pair it'),
    })
    expect(details).not.toHaveProperty('requestId')
    expect(node.waiting()).toEqual([])
    // The token that it was started with beside the one that is dead changes nothing.
    await node.refused({ token: TOKEN, deviceToken: node.deviceToken })
    expect(node.waiting()).toEqual([])
  })

  it('asks when it is started again: with what it was started with, or later', async () => {
    const node = await nodeHere()
    await remove(node.gateway.desk, node.device.id, OWNER)
    const { requestId } = Object(await node.refused({ token: TOKEN }))
    expect(node.waiting()).toMatchObject([{ requestId, role: 'node' }])

    const other = await nodeHere()
    await remove(other.gateway.desk, other.device.id, OWNER)
    other.time.now += COMES_BACK_MS
    expect(await other.refused({ deviceToken: other.deviceToken })).toHaveProperty('requestId')
  })

  it.each([COMES_BACK_MS, -COMES_BACK_MS])(
    'a clock that moves by %i ms meanwhile lets it ask',
    async (by) => {
      const node = await nodeHere()
      await remove(node.gateway.desk, node.device.id, OWNER)
      node.time.now += by
      expect(await node.refused({ deviceToken: node.deviceToken })).toHaveProperty('requestId')
    },
  )

  it('another one with a dead token asks as ever', async () => {
    const node = await nodeHere()
    await remove(node.gateway.desk, node.device.id, OWNER)
    const device = new TestDevice()
    const params = { ...NODE_PARAMS, auth: { deviceToken: DEAD } }
    const { details } = await refusal(node.gateway.port, { device, params })
    expect(details).toHaveProperty('requestId')
    expect(node.waiting()).toMatchObject([{ deviceId: device.id }])
  })
})

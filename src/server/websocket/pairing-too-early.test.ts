/** What a client hears that asks for something else while its first request has just begun to wait. */
import { afterEach, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { approve, asking, request } from './pairing.fixture.ts'
import { refusal } from './test-client.fixture.ts'
import { testGateway, type TestGateway } from './test-gateway.fixture.ts'

const open: TestGateway[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()))
})

async function started() {
  const time = { now: Date.now() }
  const gateway = await testGateway({ clock: () => time.now })
  open.push(gateway)
  const device = new TestDevice()
  const scopes = ['operator.read', 'operator.write']
  const more = async () => (await refusal(gateway.port, asking({ device, scopes }))).details
  return { time, gateway, device, more }
}

it('names the request that waits, and says of it what an approval would give', async () => {
  const { gateway, device, more } = await started()
  const requestId = await request(gateway.port, { device })
  expect(await more()).toMatchObject({
    code: 'PAIRING_REQUIRED',
    requestId,
    requestedRole: 'operator',
    requestedScopes: ['operator.read'],
    remediationHint: expect.stringContaining(requestId),
  })
})

it('its next try makes the request it wants, whether somebody approved the first one or not', async () => {
  const { time, gateway, device, more } = await started()
  const requestId = await request(gateway.port, { device })
  await more()
  await approve(gateway.port, requestId)
  expect(await more()).toMatchObject({
    reason: 'scope-upgrade',
    requestedScopes: ['operator.read', 'operator.write'],
  })

  const other = new TestDevice()
  const first = await request(gateway.port, { device: other })
  time.now += 10_000
  expect(await request(gateway.port, { device: other, scopes: ['operator.write'] })).not.toBe(first)
})

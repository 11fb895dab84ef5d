/** Where as many devices came in unasked as may, the next one waits for somebody like any other. */
import { afterEach, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { approve, asking } from './pairing.fixture.ts'
import { admitted, refusal } from './test-client.fixture.ts'
import { testGateway, type TestGateway } from './test-gateway.fixture.ts'

const open: TestGateway[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()))
})

it.each([
  ['autoApprove', { required: true, autoApprove: true }],
  ['pairing that is not required', { required: false, autoApprove: false }],
])('with %s', async (_what, pairing) => {
  const room = { most: 1, mostRemoved: 1 }
  const gateway = await testGateway({ policy: { pairing }, desk: { room } })
  open.push(gateway)
  const first = new TestDevice()
  await admitted(gateway.port, asking({ device: first }))
  const second = new TestDevice()
  const { details } = await refusal(gateway.port, asking({ device: second }))
  expect(details).toMatchObject({ code: 'PAIRING_REQUIRED', reason: 'not-paired' })
  const requestId = String(Object(details)['requestId'])
  expect(gateway.desk.book.requests().map((one) => one.requestId)).toEqual([requestId])
  await admitted(gateway.port, asking({ device: first }))

  await approve(gateway.port, requestId)
  await admitted(gateway.port, asking({ device: second }))
})

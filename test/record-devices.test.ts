/** What the record on disk says of changes to devices: who got or lost what, and nothing that is a secret. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { TestDevice } from '../src/access/device.fixture.ts'
import { tokenIn } from '../src/server/websocket/pairing.fixture.ts'
import { admitted, refusal, REMOTE } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const at = { gateway: {} as RunningGateway }
beforeAll(async () => {
  at.gateway = await startGateway({
    config: { gateway: { auth: { mode: 'token', token: TOKEN } } },
  })
})
afterAll(async () => at.gateway.stop())

const owner = (...words: string[]) => at.gateway.cli(words)
const printed = () => owner('logs').stdout

it('names the device, the role and the scopes of each change, and who connected', async () => {
  const device = new TestDevice()
  const short = device.id.slice(0, 12)
  const scopes = ['operator.read', 'operator.write']
  const asking = {
    device,
    headers: REMOTE,
    params: { auth: { token: TOKEN }, role: 'operator', scopes },
  }
  const { details } = await refusal(at.gateway.port, asking)
  const { requestId } = z.looseObject({ requestId: z.string() }).parse(details)
  expect(owner('devices', 'approve', requestId, '--expires', '30d').code).toBe(0)
  const client = await admitted(at.gateway.port, asking)
  const token = tokenIn(client)
  expect(owner('devices', 'rotate', '--device', device.id).code).toBe(0)
  expect(owner('devices', 'revoke', '--device', device.id, '--role', 'operator').code).toBe(0)
  await client.closed

  const record = printed()
  const about = `device=${short} role=operator`
  for (const line of [
    `allowed device.pair.approve (${about} scopes=operator.read,operator.write expires=30d)`,
    `allowed device.token.rotate (${about})`,
    `allowed device.token.revoke (${about})`,
  ])
    expect(record).toContain(line)
  expect(record).toMatch(new RegExp(`connect .*by device:${short} `))
  expect(record).not.toContain(token)
  expect(record).not.toContain('[redacted]')
})

it('does not repeat what a caller made up in place of a device', async () => {
  const pasted = 'f00dcafe'.repeat(8)
  const { status } = await at.gateway.ask({
    path: `/api/v1/devices/${pasted}/token/revoke`,
    method: 'POST',
    headers: bearer(TOKEN),
    body: { role: 'operator' },
  })
  expect(status).toBe(404)
  const record = printed()
  expect(record).toContain('device.token.revoke (an unknown device role=operator)')
  expect(record).not.toContain(pasted.slice(0, 12))
})

it('tells an administrator what a device is approved as, where another role is named', async () => {
  const device = new TestDevice()
  const params = { auth: { token: TOKEN }, role: 'operator', scopes: ['operator.read'] }
  await admitted(at.gateway.port, { device, params })
  const wrong = owner('devices', 'rotate', '--device', device.id, '--role', 'node')
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toContain('not approved in this role: it is approved as operator')
})

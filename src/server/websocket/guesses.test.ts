import { request } from 'node:http'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PresentedDevice } from '../../access/device-proof.ts'
import { TestDevice } from '../../access/device.fixture.ts'
import { TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const device = new TestDevice()
const broken = (presented: PresentedDevice) => ({ ...presented, signature: 's' })

/** One wrong guess, dressed up. `place` is where the guess stands. */
const attempt = fc.record({
  place: fc.constantFrom('token', 'password', 'deviceToken', 'bootstrapToken', 'header', 'http'),
  device: fc.constantFrom('none', 'proven', 'broken'),
  role: fc.constantFrom(undefined, 'operator', 'control', 'node', 'webchat'),
  mode: fc.constantFrom('cli', 'webchat', 'node', 'probe'),
  id: fc.constantFrom('cli', 'openclaw-control-ui', 'gateway-client'),
  forwarded: fc.boolean(),
  sameOrigin: fc.boolean(),
  scopesHeader: fc.boolean(),
  cookie: fc.boolean(),
  extra: fc.constantFrom({}, { approvalRuntimeToken: 'x' }, { password: '' }),
})
type Attempt = typeof attempt extends fc.Arbitrary<infer One> ? One : never

it('counts guesses in any mix of fields and transports, so that the tenth is the last (R24)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 10, maxLength: 14 }), async (attempts) => {
      const gateway = await testGateway({
        policy: { allowLocalDirect: false, exemptLoopback: false },
      })
      try {
        for (const [index, one] of attempts.entries()) await guess(gateway.port, one, index)
        const client = new TestClient(gateway.port)
        const answer = await client.connect({ auth: { token: TOKEN } })
        expect(answer.error?.details).toMatchObject({ code: 'AUTH_RATE_LIMITED' })
        const counted = gateway.written.flatMap(({ failures }) => failures)
        expect(counted.filter(({ class: cls }) => cls === 'shared')).toHaveLength(10)
      } finally {
        await gateway.stop()
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)

async function guess(port: number, one: Attempt, index: number): Promise<void> {
  const value = `guess-${index}`
  const headers: Record<string, string> = {
    ...(one.forwarded && { 'x-forwarded-for': `198.51.100.${index}` }),
    ...(one.sameOrigin && { origin: `http://127.0.0.1:${port}` }),
    ...(one.scopesHeader && { 'x-openclaw-scopes': 'operator.read' }),
    ...(one.cookie && { cookie: 'openclaw_session=none' }),
    ...((one.place === 'header' || one.place === 'http') && { authorization: `Bearer ${value}` }),
  }
  if (one.place === 'http') return overHttp(port, headers)
  const client = new TestClient(port, {
    headers,
    ...(one.device !== 'none' && { device }),
    ...(one.device === 'broken' && { tamper: broken }),
  })
  const field = one.place === 'header' ? {} : { [one.place]: value }
  const answer = await client.connect({
    client: { id: one.id, mode: one.mode, version: '1', platform: 'linux' },
    ...(one.role !== undefined && { role: one.role }),
    auth: { ...one.extra, ...field },
  })
  expect(answer.ok).toBe(false)
  await client.close()
}

function overHttp(port: number, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/api/v1/whoami', headers, agent: false }
    request(options, (response) => {
      response.resume()
      response.on('end', () => resolve())
    })
      .on('error', reject)
      .end()
  })
}

it('compares no more guesses than the limit allows, however many come at once', async () => {
  const gateway = await testGateway({ policy: { allowLocalDirect: false, exemptLoopback: false } })
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const client = new TestClient(gateway.port)
      return client.connect({ auth: { token: `guess-${index}` } })
    }),
  )
  const codes = answers.map(({ error }) => String(error?.details?.['code']))
  expect(codes.filter((code) => code === 'AUTH_TOKEN_MISMATCH')).toHaveLength(10)
  expect(codes.filter((code) => code === 'AUTH_RATE_LIMITED')).toHaveLength(30)
  await gateway.stop()
})

/** Setup codes over real sockets: the first device that shows one is paired, once (SPEC 4, PROTOCOL 3.6). */
import { BY_OWNER } from '../../pairing/people.fixture.ts'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { makeSetupCode } from '../../pairing/redeem.ts'
import type { SetupCode } from '../../pairing/types.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN, type TestGateway } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const OWNER = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }
async function codeOf({ desk }: TestGateway, access: SetupCode['access'] = 'full') {
  const made = await makeSetupCode(desk, access, OWNER, BY_OWNER)
  if (made.kind !== 'made') throw new Error(made.kind)
  return made
}
const withCode = (bootstrapToken: string, params: object = {}) => ({
  headers: REMOTE,
  params: { role: 'node', scopes: [], auth: { bootstrapToken }, ...params },
})
const helloAuth = z.object({
  method: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  deviceToken: z.string(),
  issuedAtMs: z.number(),
  deviceTokens: z
    .array(z.object({ deviceToken: z.string(), role: z.string(), scopes: z.array(z.string()) }))
    .optional(),
})
const authOf = ({ frames }: TestClient) =>
  helloAuth.parse(frames.find(({ id }) => id === 'connect')?.payload?.['auth'])

describe('a setup code', () => {
  it('pairs the device that shows it, and hands it the tokens of all its roles', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const { token } = await codeOf(gateway)
    const auth = authOf(await admitted(gateway.port, { ...withCode(token.reveal()), device }))
    expect(auth).toMatchObject({ method: 'bootstrap-token', role: 'node', scopes: [] })
    const [operator] = auth.deviceTokens ?? []
    expect(operator).toMatchObject({
      role: 'operator',
      scopes: ['operator.read', 'operator.write', 'operator.approvals', 'operator.admin'],
    })
    expect(gateway.desk.book.find(device.id)).toMatchObject({ approvedVia: 'bootstrap' })

    const again = await admitted(gateway.port, {
      headers: REMOTE,
      device,
      params: { auth: { deviceToken: operator?.deviceToken }, scopes: ['operator.write'] },
    })
    expect(authOf(again)).toMatchObject({ method: 'device-token', scopes: ['operator.write'] })
  })

  it('for a node gives a node, and nothing else', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const { token } = await codeOf(gateway, 'node')
    const auth = authOf(await admitted(gateway.port, { ...withCode(token.reveal()), device }))
    expect(auth.deviceTokens).toBeUndefined()
    expect(gateway.desk.book.find(device.id)?.grants).toMatchObject([{ role: 'node', scopes: [] }])
  })

  it.each([
    ['the same device', (device: TestDevice) => device],
    ['another device', () => new TestDevice()],
  ])('works once: for %s it is invalid the second time', async (_who, second) => {
    const gateway = await start()
    const device = new TestDevice()
    const { token } = await codeOf(gateway)
    const first = await admitted(gateway.port, { ...withCode(token.reveal()), device })
    const { details } = await refusal(gateway.port, {
      ...withCode(token.reveal()),
      device: second(device),
    })
    expect(details).toMatchObject({ code: 'AUTH_BOOTSTRAP_TOKEN_INVALID' })
    expect((await first.call('health')).ok).toBe(true)
  })

  it('shown by two devices at once pairs one of them', async () => {
    const gateway = await start()
    const devices = Array.from({ length: 8 }, () => new TestDevice())
    const { token } = await codeOf(gateway)
    const answers = await Promise.all(
      devices.map((device) => {
        const { params, headers } = withCode(token.reveal())
        return new TestClient(gateway.port, { headers, device }).connect(params)
      }),
    )
    expect(answers.filter(({ ok }) => ok === true)).toHaveLength(1)
    expect(gateway.desk.book.devices()).toHaveLength(1)
  })

  it.each([
    ['without a device', null, {}],
    ['as an operator', new TestDevice(), { role: 'operator' }],
    ['as a web chat', new TestDevice(), { role: 'webchat' }],
  ])('shown %s gives nothing, and can still be used', async (_how, device, params) => {
    const gateway = await start()
    const { token } = await codeOf(gateway)
    const wrong = withCode(token.reveal(), params)
    const { details } = await refusal(gateway.port, {
      ...wrong,
      ...(device !== null && { device }),
    })
    expect(details).toMatchObject({ code: 'AUTH_BOOTSTRAP_TOKEN_INVALID' })
    await admitted(gateway.port, { ...withCode(token.reveal()), device: new TestDevice() })
  })

  it('is no credential over HTTP', async () => {
    const gateway = await start()
    const { token } = await codeOf(gateway)
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/whoami`, {
      headers: { ...REMOTE, authorization: `Bearer ${token.reveal()}` },
    })
    expect(answer.status).toBe(401)
  })

  it('beside the right token is still what counts, and is used up', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const { token, code } = await codeOf(gateway)
    const both = withCode(token.reveal(), {
      auth: { token: TOKEN, bootstrapToken: token.reveal() },
    })
    const auth = authOf(await admitted(gateway.port, { ...both, device }))
    expect(auth.method).toBe('bootstrap-token')
    expect(gateway.desk.book.setupCode(code.setupId)?.usedBy).toMatchObject({ deviceId: device.id })
  })

  it.each(['bootstrapToken', 'deviceToken', 'token'])(
    'that lapsed is named on the record; shown as %s, its caller hears what any string brings',
    async (field) => {
      const time = { now: Date.now() }
      const gateway = await start({ clock: () => time.now })
      const { token } = await codeOf(gateway)
      time.now += 600_000
      const answers = []
      for (const text of [token.reveal(), `ocd_${'x'.repeat(43)}`]) {
        const shown = withCode('', { auth: { [field]: text } })
        const error = await refusal(gateway.port, { ...shown, device: new TestDevice() })
        answers.push({ ...error, details: { ...Object(error.details), recordId: '' } })
      }
      expect(answers[0]).toEqual(answers[1])
      const reasons = gateway.written.map(({ code }) => code)
      expect(reasons).toEqual(['setup_code_lapsed', 'device_token_unknown'])
    },
  )

  it('grants at most what its maker holds (R11, R17)', async () => {
    const { desk } = await start()
    const maker = { ...OWNER, scopes: ['operator.pairing', 'operator.read'] as const }
    expect(await makeSetupCode(desk, 'full', maker, BY_OWNER)).toEqual({
      kind: 'missing-scope',
      scope: 'operator.write',
    })
  })
})

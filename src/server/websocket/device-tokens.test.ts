import { BY_OWNER } from '../../pairing/people.fixture.ts'
import { HelloOkSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { makeSetupCode } from '../../pairing/redeem.ts'
import { authOf, operator, paired, request, returning, tokenIn } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, type TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const isDead = async (port: number, one: Parameters<typeof returning>[0]): Promise<void> => {
  const { details } = await refusal(port, returning(one))
  expect(details).toMatchObject({ code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
}

describe('the hello of a device (PROTOCOL 2.11)', () => {
  it('brings its token, the same one at every connect, and is one that the protocol knows', async () => {
    const time = { now: 1_800_000_000_000 }
    const gateway = await start({ clock: () => time.now })
    const one = await paired(gateway.port)
    time.now += 5_000
    const client = await admitted(gateway.port, returning(one))
    expect(authOf(client)).toEqual({
      role: 'operator',
      scopes: ['operator.read'],
      method: 'device-token',
      deviceToken: one.token,
      issuedAtMs: 1_800_000_000_000,
    })
    expect(one.token).toMatch(/^ocd_[\w-]{43}$/)
    const { auth, ...rest } = z
      .looseObject({ auth: z.looseObject({ method: z.string() }) })
      .parse(client.frames.find(({ id }) => id === 'connect')?.payload)
    const { method: _unknownToThisSchema, ...known } = auth
    expect(Check(HelloOkSchema, { ...rest, auth: known })).toBe(true)
  })

  it('by a setup code brings the tokens of all its roles, and says how it came', async () => {
    const gateway = await start()
    const owner = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }
    const made = await makeSetupCode(gateway.desk, 'limited', owner, BY_OWNER)
    if (made.kind !== 'made') throw new Error(made.kind)
    const device = new TestDevice()
    const client = await admitted(gateway.port, {
      device,
      headers: REMOTE,
      params: { role: 'node', scopes: [], auth: { bootstrapToken: made.token.reveal() } },
    })
    const { deviceTokens = [], ...own } = authOf(client)
    expect(own).toMatchObject({ role: 'node', scopes: [], method: 'bootstrap-token' })
    const scopes = ['operator.read', 'operator.write', 'operator.approvals']
    expect(deviceTokens).toMatchObject([{ role: 'operator', scopes }])
    const [other] = deviceTokens
    const asOperator = { device, role: 'operator', scopes, token: String(other?.deviceToken) }
    expect(authOf(await admitted(gateway.port, returning(asOperator)))).toMatchObject({ scopes })
    const asNode = { device, role: 'node', scopes: [], token: tokenIn(client) }
    expect(authOf(await admitted(gateway.port, returning(asNode)))).toMatchObject({ role: 'node' })
    // Each token is for its role.
    await isDead(gateway.port, { ...asNode, role: 'operator' })
  })

  it('brings no token without a device', async () => {
    const gateway = await start()
    expect(authOf(await operator(gateway.port))).not.toHaveProperty('deviceToken')
  })
})

describe('a device token counts (PROTOCOL 2.6)', () => {
  it.each([
    ['in its own field', (token: string) => ({ deviceToken: token })],
    ['in two, as older clients send it', (token: string) => ({ token, deviceToken: token })],
    ['in the field of the shared token', (token: string) => ({ token })],
    ['in the field of the password', (token: string) => ({ password: token })],
    ['beside a wrong token', (token: string) => ({ token: 'wrong', deviceToken: token })],
    [
      'beside a dead one of its own',
      (token: string) => ({ token: 'ocd_dead', deviceToken: token }),
    ],
  ])('%s', async (_name, authWith) => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const auth = authWith(one.token)
    const client = await admitted(gateway.port, returning(one, { auth }))
    expect(authOf(client)).toMatchObject({ method: 'device-token', scopes: ['operator.read'] })
    const wrong = Object.values(auth).filter((value) => value !== one.token)
    expect(gateway.written.at(-1)?.failures).toHaveLength(wrong.length)
  })

  it('in a header of the upgrade, with the proof in the frame', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const headers = { ...REMOTE, authorization: `Bearer ${one.token}` }
    const client = await admitted(gateway.port, { ...returning(one, { auth: {} }), headers })
    expect(authOf(client).method).toBe('device-token')
  })

  it('and beside a right shared token the wider wish counts: it is asked for (R66)', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const both = { auth: { token: TOKEN, deviceToken: one.token } }
    expect(authOf(await admitted(gateway.port, returning(one, both)))).toMatchObject({
      method: 'device-token',
    })
    const wide = returning(one, { ...both, scopes: [...ALL_SCOPES] })
    expect((await refusal(gateway.port, wide)).details).toMatchObject({
      code: 'PAIRING_REQUIRED',
      reason: 'scope-upgrade',
    })
  })

  it('while its address is locked, and what is wrong beside it counts on (R24, R31)', async () => {
    const gateway = await start({ guesses: { maxAttempts: 2 } })
    const one = await paired(gateway.port)
    const guess = (index: number) => ({ token: `guess-${index}`, deviceToken: one.token })
    for (const index of [1, 2, 3, 4])
      await admitted(gateway.port, returning(one, { auth: guess(index) }))
    const counted = gateway.written.flatMap(({ failures }) => failures)
    expect(counted.map((failure) => failure.class)).toEqual(['shared', 'shared'])
    const right = await refusal(gateway.port, {
      headers: REMOTE,
      params: { auth: { token: TOKEN } },
    })
    expect(right.details).toMatchObject({ code: 'AUTH_RATE_LIMITED' })
    // Wrong device tokens are held on their own, and the right one is not.
    for (const index of [1, 2, 3]) {
      const auth = { deviceToken: `ocd_guess-${index}` }
      await refusal(gateway.port, returning(one, { auth }))
    }
    const held = await refusal(gateway.port, returning(one, { auth: { deviceToken: 'ocd_4' } }))
    expect(held.details).toMatchObject({ code: 'AUTH_RATE_LIMITED' })
    await admitted(gateway.port, returning(one))
  })
})

describe('on devices that are not one’s own (R13)', () => {
  const call = async (who: TestClient, method: string, params: object) =>
    (await who.call(method, params)).error
  const METHODS = [
    ['device.token.rotate', { role: 'operator' }, 'device token rotation denied'],
    ['device.token.revoke', { role: 'operator' }, 'device token revocation denied'],
    ['device.pair.remove', {}, 'device pairing removal denied'],
    ['device.pair.rename', { label: 'x' }, 'device pairing rename denied'],
  ] as const

  it.each(METHODS)(
    '%s is denied to a device’s own token, whether there is one or not',
    async (method, more, message) => {
      const gateway = await start()
      const scopes = ['operator.read', 'operator.pairing']
      const one = await paired(gateway.port, { scopes })
      const victim = await paired(gateway.port)
      const who = await admitted(gateway.port, returning(one))
      const denied = { code: 'INVALID_REQUEST', message }
      for (const deviceId of [victim.device.id, new TestDevice().id, 'x', ' '])
        expect(await call(who, method, { deviceId, ...more })).toEqual(denied)
      await admitted(gateway.port, returning(victim))
    },
  )

  it('whoever holds less than the token may neither rotate nor revoke it', async () => {
    const gateway = await start()
    const victim = await paired(gateway.port, { scopes: ['operator.write'] })
    const who = await operator(gateway.port, ['operator.pairing', 'operator.read'])
    const target = { deviceId: victim.device.id, role: 'operator' }
    for (const method of ['device.token.rotate', 'device.token.revoke'])
      expect((await call(who, method, target))?.message).toContain('denied')
    const narrower = { ...target, scopes: ['operator.read'] }
    expect((await call(who, 'device.token.rotate', narrower))?.message).toContain('denied')
    await admitted(gateway.port, returning(victim))
  })

  it('and a list shows a device’s own token that device alone', async () => {
    const gateway = await start()
    const one = await paired(gateway.port, { scopes: ['operator.read', 'operator.pairing'] })
    await paired(gateway.port)
    await request(gateway.port, {})
    const who = await admitted(gateway.port, returning(one))
    const { payload } = await who.call('device.pair.list', {})
    expect(payload).toMatchObject({
      pending: [],
      paired: [{ deviceId: one.device.id, connected: true }],
    })
    const all = await (await operator(gateway.port, ['operator.pairing'])).call('device.pair.list')
    expect(all.payload).toMatchObject({ pending: [{}], paired: [{}, {}] })
    expect(JSON.stringify(all.payload)).not.toMatch(/ocd_|seed|digest/)
  })
})

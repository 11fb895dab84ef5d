import { BY_OWNER } from '../../pairing/people.fixture.ts'
import {
  DevicePairRequestedEventSchema,
  DevicePairResolvedEventSchema,
} from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { revoke } from '../../pairing/manage.ts'
import { makeSetupCode } from '../../pairing/redeem.ts'
import { approve as approveAt } from '../../pairing/resolve.ts'
import { approve, asking, authOf, operator, paired, request, returning } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, refusal, REMOTE } from './test-client.fixture.ts'
import { testGateway, type TestGateway } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const requestsOf = ({ desk }: TestGateway) =>
  desk.book.requests().map(({ role, scopes }) => ({ role, scopes }))

describe('a request', () => {
  it('is the same one however often it is asked, at once or one after the other (R22)', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const ids = await Promise.all([1, 2, 3].map(() => request(gateway.port, { device })))
    ids.push(await request(gateway.port, { device, scopes: ['operator.read', 'operator.read'] }))
    expect(new Set(ids).size).toBe(1)
    expect(requestsOf(gateway)).toEqual([{ role: 'operator', scopes: ['operator.read'] }])
  })

  it('ends when nobody decided for as long as it may wait, and makes room', async () => {
    const time = { now: 1_800_000_000_000 }
    const gateway = await start({ clock: () => time.now, desk: { most: 1, waitsMs: 300_000 } })
    const device = new TestDevice()
    const requestId = await request(gateway.port, { device })
    time.now += 299_999
    // Whoever asks again waits anew.
    expect(await request(gateway.port, { device })).toBe(requestId)
    time.now += 300_000
    const who = await operator(gateway.port)
    const { payload } = await who.call('device.pair.list', {})
    expect(payload?.['pending']).toEqual([])
    for (const method of ['device.pair.approve', 'device.pair.reject'])
      expect((await who.call(method, { requestId })).error?.message).toBe('unknown requestId')
    await request(gateway.port, {})
    expect(gateway.desk.book.request(requestId)).toBeNull()
  })

  it('is made neither by a stranger, nor by a wrong secret, a device token or an API key', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const asks = [
      { device: new TestDevice() },
      { device: new TestDevice(), params: { auth: { token: 'wrong' } } },
      { device: new TestDevice(), params: { auth: { deviceToken: one.token } } },
      returning(one, { role: 'node' }),
      returning(one, { scopes: [...ALL_SCOPES] }),
    ]
    for (const ask of asks) await refusal(gateway.port, { ...ask, headers: REMOTE })
    expect(gateway.desk.book.requests()).toEqual([])
  })

  it('shows scopes that are known, whatever else is asked for and signed', async () => {
    const gateway = await start()
    const scopes = ['operator.write', 'operator.read,operator.admin', 'operator.root', '*', ' ']
    await request(gateway.port, { scopes })
    expect(requestsOf(gateway)).toEqual([{ role: 'operator', scopes: ['operator.write'] }])
  })

  it('knows control as another word for operator', async () => {
    const gateway = await start()
    const device = new TestDevice()
    await approve(gateway.port, await request(gateway.port, { device, role: 'control' }))
    const client = await admitted(gateway.port, asking({ device, role: 'control' }))
    expect(authOf(client)).toMatchObject({ role: 'operator', scopes: ['operator.read'] })
  })

  it('is signed over the role that is meant where none is said, in either version of the payload', async () => {
    const gateway = await start()
    const { device } = await paired(gateway.port)
    for (const version of ['v2', 'v3'] as const) {
      const { params, ...rest } = asking({ device })
      const client = await admitted(gateway.port, {
        ...rest,
        version,
        params: { ...params, role: undefined },
      })
      expect(authOf(client).role).toBe('operator')
    }
  })

  it('takes a key in each form of the wire as the same device', async () => {
    const gateway = await start()
    const { device } = await paired(gateway.port)
    const raw = Buffer.from(device.publicKey, 'base64url')
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
    for (const publicKey of [raw.toString('base64'), pem]) {
      await admitted(gateway.port, {
        ...asking({ device }),
        tamper: (one) => ({ ...one, publicKey }),
      })
    }
    expect(gateway.desk.book.devices()).toHaveLength(1)
  })

  it('and what became of it are told to whoever may pair, and to nobody else', async () => {
    const time = { now: Date.now() }
    const gateway = await start({ clock: () => time.now })
    const may = await operator(gateway.port, ['operator.pairing'])
    const mayNot = await operator(gateway.port, ['operator.write', 'operator.approvals'])
    const device = new TestDevice()
    const first = await request(gateway.port, { device })
    time.now += 10_000
    const second = await request(gateway.port, { device, scopes: ['operator.write'] })
    const dead = await may.call('device.pair.reject', { requestId: first })
    expect(dead.error?.message).toBe('unknown requestId')
    await may.call('device.pair.reject', { requestId: second })
    await mayNot.call('health')

    const told = may.frames.filter(({ event }) => event?.startsWith('device.pair.') === true)
    expect(
      told.map(({ event, payload }) => [event, payload?.['requestId'], payload?.['decision']]),
    ).toEqual([
      ['device.pair.requested', first, undefined],
      ['device.pair.resolved', first, 'rejected'],
      ['device.pair.requested', second, undefined],
      ['device.pair.resolved', second, 'rejected'],
    ])
    for (const { event, payload } of told) {
      const requested = event === 'device.pair.requested'
      const schema = requested ? DevicePairRequestedEventSchema : DevicePairResolvedEventSchema
      expect([Check(schema, payload), payload]).toEqual([true, payload])
    }
    expect(mayNot.frames.filter(({ event }) => event?.startsWith('device.') === true)).toEqual([])
  })

  it('bears names without control characters, and no longer than a frame may', async () => {
    const gateway = await start()
    const client = {
      ...BASE_PARAMS.client,
      displayName: '\u001b[2JMy\u0000 \u202Ephone\n\r',
      deviceFamily: '\u0007bell',
    }
    const { params, ...rest } = asking({})
    await refusal(gateway.port, { ...rest, params: { ...params, client } })
    const who = await operator(gateway.port)
    const { payload } = await who.call('device.pair.list', {})
    expect(payload?.['pending']).toMatchObject([
      { displayName: '[2JMy phone', deviceFamily: 'bell' },
    ])
    const long = { ...client, displayName: 'x'.repeat(513) }
    const refused = await refusal(gateway.port, { ...rest, params: { ...params, client: long } })
    expect(refused.message).toContain('/client/displayName')
  })
})

describe('an approval', () => {
  it.each([
    ['for good', undefined, 3_600_000],
    ['for a week', '1w', 3_600_000],
    ['for less', '30m', 1_800_000],
  ])('%s never lasts longer than the approver’s own (R11)', async (_name, expires, lasts) => {
    const now = 1_800_000_000_000
    const gateway = await start({ clock: () => now })
    const scopes = ['operator.admin']
    const approver = await paired(gateway.port, { scopes, expires: '1h' })
    const who = await admitted(gateway.port, returning(approver))
    const device = new TestDevice()
    const requestId = await request(gateway.port, { device, scopes })
    await who.call('device.pair.approve', { requestId, ...(expires !== undefined && { expires }) })
    expect(gateway.desk.book.find(device.id)?.grants).toMatchObject([{ expiresAt: now + lasts }])
  })

  it.each(['node', 'limited', 'full'] as const)(
    'in advance, by a %s setup code, gives no more than its maker holds (R11, R17)',
    async (access) => {
      const { desk } = await start()
      const may = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }
      const mayNot = { ...may, scopes: ['operator.pairing', 'operator.read'] as const }
      expect((await makeSetupCode(desk, access, may, BY_OWNER)).kind).toBe('made')
      if (access !== 'node')
        expect((await makeSetupCode(desk, access, mayNot, BY_OWNER)).kind).toBe('missing-scope')
    },
  )

  it('by a device that was revoked meanwhile gives nothing (R11)', async () => {
    const gateway = await start()
    const approver = await paired(gateway.port, { scopes: ['operator.admin'] })
    const device = new TestDevice()
    const requestId = await request(gateway.port, { device })
    // Both were called before either was done: the desk takes one after the other.
    const deviceId = approver.device.id
    const actor = { scopes: ALL_SCOPES, deviceId, name: `device:${deviceId}` }
    const owner = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }
    const [revoked, approved] = await Promise.all([
      revoke(gateway.desk, { deviceId, role: 'operator' }, owner),
      approveAt(gateway.desk, { requestId, expiresAt: null }, actor),
    ])
    expect([revoked.kind, approved.kind]).toEqual(['revoked', 'denied'])
    expect(gateway.desk.book.find(device.id)).toBeNull()
  })
})

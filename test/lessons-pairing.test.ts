/** Lessons about approvals: nobody gives what they do not hold, and what is approved is what was shown. */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { SCOPES } from '../src/access/scopes.ts'
import { LEAST_KEPT_MS } from '../src/pairing/ask.ts'
import {
  approve,
  asking,
  authOf,
  operator,
  paired,
  request,
  returning,
} from '../src/server/websocket/pairing.fixture.ts'
import { admitted, BASE_PARAMS, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { REMOTE } from './gateway.ts'
import { LESS, lessonGateway } from './lessons-gateway.fixture.ts'

const { at, fresh } = lessonGateway('127.7.0', { maxAttempts: 100 })

describe('R03: a key that nobody approved', () => {
  const CLAIMS = [
    {},
    { token: 'ba5eba11'.repeat(8) },
    { deviceToken: 'ocd_x' },
    { bootstrapToken: 'x' },
  ]
  it.each(CLAIMS)(
    'R03: opens nothing with a valid signature and %j, and asks for nothing',
    async (claim) => {
      for (const role of ['operator', 'node', 'webchat', 'control']) {
        const device = new TestDevice()
        const params = { auth: claim, role, scopes: [...SCOPES] }
        const refused = await refusal(at.gateway.port, {
          ...fresh(),
          device,
          headers: REMOTE,
          params,
        })
        expect(refused.details?.['code']).toMatch(/^AUTH_/)
      }
      const { payload } = await (await operator(at.gateway.port)).call('device.pair.list', {})
      expect(payload?.['pending']).toEqual([])
    },
  )

  it('R03: nor does it with the right token: it waits, and only an approval lets it in', async () => {
    const wish = { device: new TestDevice(), ...fresh(), scopes: [...SCOPES] }
    const requestId = await request(at.gateway.port, wish)
    const ended = await (await operator(at.gateway.port)).call('device.pair.reject', { requestId })
    expect(ended.payload).toEqual({ requestId, deviceId: wish.device.id })
    await refusal(at.gateway.port, asking(wish))
  })
})

describe('R11: an approver gives no more than they hold', () => {
  it.each(LESS)('R11: without $missing, over WebSocket', async ({ missing, held }) => {
    const who = await operator(at.gateway.port, held)
    const device = new TestDevice()
    const requestId = await request(at.gateway.port, { ...fresh(), device, scopes: [missing] })
    const { error } = await who.call('device.pair.approve', { requestId })
    expect(error).toEqual({ code: 'INVALID_REQUEST', message: `missing scope: ${missing}` })
    await refusal(at.gateway.port, asking({ device, ...fresh(), scopes: [missing] }))
    const other = await request(at.gateway.port, { ...fresh(), scopes: held })
    expect((await who.call('device.pair.approve', { requestId: other })).ok).toBe(true)
  })

  it('R11: operator.admin alone gives operator.admin, and other roles', async () => {
    const held = SCOPES.filter((scope) => scope !== 'operator.admin')
    const who = await operator(at.gateway.port, held)
    const wish = { scopes: ['operator.admin'], ...fresh() }
    const requestId = await request(at.gateway.port, wish)
    const admin = await who.call('device.pair.approve', { requestId })
    expect(admin.error?.message).toBe('missing scope: operator.admin')
    for (const role of ['node', 'webchat']) {
      const id = await request(at.gateway.port, { role, scopes: [], ...fresh() })
      const { error } = await who.call('device.pair.approve', { requestId: id })
      expect(error?.message).toBe('device pairing approval denied')
      await approve(at.gateway.port, id)
    }
  })

  it('R11: a device approves itself nothing, and by its own token nobody else', async () => {
    const scopes = ['operator.read', 'operator.pairing']
    const one = await paired(at.gateway.port, { ...fresh(), scopes })
    const who = await admitted(at.gateway.port, returning(one))
    const own = await request(at.gateway.port, {
      ...fresh(),
      device: one.device,
      scopes: ['operator.write'],
    })
    const self = await who.call('device.pair.approve', { requestId: own })
    expect(self.error?.message).toBe('missing scope: operator.write')
    const others = await request(at.gateway.port, { ...fresh(), scopes: ['operator.read'] })
    for (const requestId of [others, 'nobody'])
      for (const method of ['approve', 'reject']) {
        const { error } = await who.call(`device.pair.${method}`, { requestId })
        const what = method === 'approve' ? 'approval' : 'rejection'
        expect(error?.message).toBe(`device pairing ${what} denied`)
      }
  })
})

describe('R12: what is approved is what was shown', () => {
  it('R12: a device that asks for more makes another request, and the old one is dead', async () => {
    const device = new TestDevice()
    const shown = await request(at.gateway.port, { device, ...fresh() })
    // Not at once: until then it hears of the one that waits, which stays as it was shown.
    const grown = await request(at.gateway.port, { device, ...fresh(), scopes: [...SCOPES] })
    expect(grown).toBe(shown)
    await pause(LEAST_KEPT_MS)
    const otherRole = await request(at.gateway.port, {
      device,
      ...fresh(),
      role: 'node',
      scopes: [],
    })
    expect(otherRole).not.toBe(shown)
    const who = await operator(at.gateway.port)
    const { error } = await who.call('device.pair.approve', { requestId: shown })
    expect(error).toEqual({ code: 'INVALID_REQUEST', message: 'unknown requestId' })
    const { payload } = await who.call('device.pair.list', {})
    const [pending] = Object(payload).pending.filter(
      (one: { readonly deviceId: string }) => one.deviceId === device.id,
    )
    expect(pending).toMatchObject({ requestId: otherRole, role: 'node', scopes: [] })
    const approved = await who.call('device.pair.approve', { requestId: otherRole })
    expect(approved.payload?.['device']).toMatchObject({
      roles: ['node'],
      scopes: [],
      publicKey: pending.publicKey,
    })
  })

  it('R12: an approval and a growing wish at the same moment never add up', async () => {
    for (let round = 0; round < 20; round += 1) {
      const device = new TestDevice()
      const source = fresh()
      const requestId = await request(at.gateway.port, { device, ...source })
      const who = await operator(at.gateway.port)
      await Promise.all([
        who.call('device.pair.approve', { requestId }),
        refusal(at.gateway.port, asking({ device, ...source, scopes: ['operator.admin'] })),
      ])
      const { payload } = await who.call('device.pair.list', {})
      const { paired: devices = [], pending = [] } = Object(payload)
      const own = (one: { readonly deviceId: string }) => one.deviceId === device.id
      for (const { scopes } of devices.filter(own)) expect(scopes).toEqual(['operator.read'])
      for (const one of pending.filter(own))
        await who.call('device.pair.reject', { requestId: one.requestId })
      await who.close()
    }
  })

  it('R12, R22: a request ends once: whoever comes second hears so', async () => {
    const who = await operator(at.gateway.port)
    const ends = ['approve', 'reject']
    for (const first of ends)
      for (const second of ends) {
        const requestId = await request(at.gateway.port, fresh())
        expect((await who.call(`device.pair.${first}`, { requestId })).ok).toBe(true)
        const { error } = await who.call(`device.pair.${second}`, { requestId })
        expect(error?.message).toBe('unknown requestId')
      }
  })
})

describe('R16: a claim to be local', () => {
  it.each([
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-real-ip': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { via: '1.1 localhost' },
    { 'cf-connecting-ip': '127.0.0.1' },
    { host: 'gateway.example' },
    { host: 'localhost.' },
  ])('R16: with %j is handed no token, whatever it holds', async (headers) => {
    const { params } = asking({})
    const named = { id: 'gateway-client', mode: 'backend', version: '1', platform: 'linux' }
    for (const client of [BASE_PARAMS.client, named]) {
      const options = { ...fresh(), headers, device: new TestDevice() }
      const refused = await refusal(at.gateway.port, { ...options, params: { ...params, client } })
      expect(refused.details?.['code']).toBe('PAIRING_REQUIRED')
    }
  })

  it('R16: being the owner is no reason to be handed a token either', async () => {
    const device = new TestDevice()
    const client = await admitted(at.gateway.port, { device, params: { scopes: [...SCOPES] } })
    expect(authOf(client)).toEqual({ role: 'operator', scopes: [...SCOPES], method: 'none' })
    const { payload } = await client.call('device.pair.list', {})
    expect(JSON.stringify(payload)).not.toContain(device.id)
  })
})

describe('R17: setup codes', () => {
  it('R17: are made for nobody but an administrator', async () => {
    const held = SCOPES.filter((scope) => scope !== 'operator.admin')
    const who = await operator(at.gateway.port, held)
    for (const bootstrapProfile of ['node', 'limited']) {
      const { error } = await who.call('device.pair.setupCode', { bootstrapProfile })
      expect(error).toMatchObject({ code: 'FORBIDDEN', message: 'missing scope: operator.admin' })
    }
  })
})

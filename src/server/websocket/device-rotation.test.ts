import { DeviceTokenRotateResultSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { operator, paired, returning, tokenIn } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal } from './test-client.fixture.ts'
import { testGateway } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const CUT = { code: 4001, reason: 'device removed' }
const isDead = async (port: number, one: Parameters<typeof returning>[0]): Promise<void> => {
  const { details } = await refusal(port, returning(one))
  expect(details).toMatchObject({ code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
}

describe('rotation (R47)', () => {
  const rotate = async (port: number, deviceId: string, more: object = {}) => {
    const who = await operator(port)
    const { payload, error } = await who.call('device.token.rotate', {
      deviceId,
      role: 'operator',
      ...more,
    })
    await who.close()
    return { payload, error }
  }

  it('by somebody else shows nobody the token; the device hears it at its next connect, and confirms it by using it', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const live = await admitted(gateway.port, returning(one))
    const { payload } = await rotate(gateway.port, one.device.id)
    expect(payload).toMatchObject({
      deviceId: one.device.id,
      role: 'operator',
      scopes: ['operator.read'],
      tokenDelivery: 'withheld-cross-device',
    })
    expect(payload).not.toHaveProperty('token')
    expect(Check(DeviceTokenRotateResultSchema, payload)).toBe(true)
    expect(await live.closed).toEqual(CUT)

    // However often it comes with the old one: the new one may have been lost on its way.
    const first = tokenIn(await admitted(gateway.port, returning(one)))
    expect(tokenIn(await admitted(gateway.port, returning(one)))).toBe(first)
    expect(first).not.toBe(one.token)
    expect(tokenIn(await admitted(gateway.port, returning({ ...one, token: first })))).toBe(first)
    await isDead(gateway.port, one)
    await admitted(gateway.port, returning({ ...one, token: first }))
  })

  it('by the device itself is answered with the token', async () => {
    const gateway = await start()
    const scopes = ['operator.read', 'operator.pairing']
    const one = await paired(gateway.port, { scopes })
    const live = await admitted(gateway.port, returning(one))
    const { payload } = await live.call('device.token.rotate', {
      deviceId: one.device.id,
      role: 'operator',
    })
    expect(payload).toMatchObject({ tokenDelivery: 'in-band', scopes })
    expect(Check(DeviceTokenRotateResultSchema, payload)).toBe(true)
    await admitted(gateway.port, returning({ ...one, token: String(payload?.['token']) }))
    await isDead(gateway.port, one)
  })

  it('never widens, and knows only scopes that there are', async () => {
    const gateway = await start()
    const one = await paired(gateway.port, { scopes: ['operator.read', 'operator.approvals'] })
    for (const scopes of [['operator.write'], ['operator.admin'], ['operator.root'], ['*']]) {
      const { error } = await rotate(gateway.port, one.device.id, { scopes })
      expect(error).toEqual({ code: 'INVALID_REQUEST', message: 'device token rotation denied' })
    }
    const { payload } = await rotate(gateway.port, one.device.id, { scopes: ['operator.read'] })
    expect(payload).toMatchObject({ scopes: ['operator.read'] })
    const wide = await refusal(gateway.port, returning(one))
    expect(wide.details).toMatchObject({ code: 'AUTH_SCOPE_MISMATCH' })
    await admitted(gateway.port, returning(one, { scopes: ['operator.read'] }))
    const none = await rotate(gateway.port, one.device.id, { scopes: [] })
    expect(none.payload).toMatchObject({ scopes: [] })
    await admitted(gateway.port, returning(one, { scopes: [] }))
  })

  it('twice in a row leaves whichever token the device kept: it may have stored the first new one and not used it yet', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const kept: string[] = [one.token]
    for (const _turn of [1, 2, 3]) {
      await rotate(gateway.port, one.device.id)
      // It comes with what it stored last, is handed the next one, and is cut again before it uses it.
      const token = kept.at(-1) ?? ''
      kept.push(tokenIn(await admitted(gateway.port, returning({ ...one, token }))))
    }
    expect(new Set(kept).size).toBe(4)
    await Promise.all(
      kept.slice(0, 3).map((token) => admitted(gateway.port, returning({ ...one, token }))),
    )
    const last = { ...one, token: kept.at(-1) ?? '' }
    await admitted(gateway.port, returning(last))
    for (const token of kept.slice(0, 3)) await isDead(gateway.port, { ...one, token })
    await admitted(gateway.port, returning(last))
  })

  it('a hundred times keeps the token in use and the newest ones', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const who = await operator(gateway.port)
    const target = { deviceId: one.device.id, role: 'operator' }
    for (let turn = 0; turn < 100; turn += 1) await who.call('device.token.rotate', target)
    expect(
      JSON.stringify(gateway.desk.book.find(one.device.id)).match(/seed/g)?.length,
    ).toBeLessThan(16)
    await admitted(gateway.port, returning(one))
  })
})

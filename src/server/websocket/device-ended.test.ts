import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { devicePrincipal } from '../../access/methods/device-token.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { Throttle } from '../../access/throttle.ts'
import type { Principal } from '../../access/types.ts'
import { LiveWebSessions } from '../../access/web-sessions.ts'
import { defineOperation } from '../../operations/types.ts'
import { approve, asking, authOf, operator, paired, request, returning } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const CUT = { code: 4001, reason: 'device removed' }
const isDead = async (port: number, one: Parameters<typeof returning>[0]): Promise<void> => {
  const { details } = await refusal(port, returning(one))
  expect(details).toMatchObject({ code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
}

const shownByBrowser = z.object({
  headers: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.unknown()),
})
/** Web sessions, and `logIn`, which opens one and resolves with what its browser shows from then on. */
function webSessions() {
  const parts = { saved: [], store: { save: async () => {} }, onEnded() {}, onWriteError() {} }
  const rules = () => ({ idleMs: 60_000, maxConcurrent: 10 })
  const sessions = new LiveWebSessions({ ...parts, rules }, Date.now())
  const logIn = async (principal: Principal, scopes: readonly string[]) => {
    const login = { principal, madeBy: sessions.makerOf(principal) }
    const { id, proof } = await sessions.open(login, Date.now())
    return {
      headers: { ...REMOTE, cookie: `openclaw_session=${id.reveal()}` },
      params: { auth: { sessionProof: proof.reveal() }, scopes },
    }
  }
  return { sessions, logIn }
}

describe('revoked or removed (R45)', () => {
  const ENDS = [
    ['device.token.revoke', { role: 'operator' }],
    ['device.pair.remove', {}],
  ] as const

  it.each(ENDS)('%s cuts its connections, and answers what waits', async (method, more) => {
    const gateway = await start()
    const scopes = ['operator.read', 'operator.pairing']
    const one = await paired(gateway.port, { scopes })
    const neighbour = await paired(gateway.port, { scopes })
    const [byToken, bySecret, other] = await Promise.all([
      admitted(gateway.port, returning(one)),
      admitted(gateway.port, asking(one)),
      admitted(gateway.port, returning(neighbour)),
    ])
    const requestId = await request(gateway.port, { device: one.device, scopes: [...ALL_SCOPES] })
    const who = await operator(gateway.port)
    const { ok } = await who.call(method, { deviceId: one.device.id, ...more })
    expect(ok).toBe(true)
    expect(await byToken.closed).toEqual(CUT)
    expect(await bySecret.closed).toEqual(CUT)
    const resolved = await other.event('device.pair.resolved')
    expect(resolved.payload).toMatchObject({ requestId, decision: 'rejected' })
    expect(gateway.desk.book.requests()).toEqual([])
    expect((await other.call('health')).ok).toBe(true)
    await isDead(gateway.port, one)
    expect(gateway.surface.deviceConnected(one.device.id)).toBe(false)
  })

  it.each(ENDS)(
    'after %s the next frame is refused even where the close is lost',
    async (method, more) => {
      const gateway = await start({ limits: { closeMs: 60_000 } })
      const one = await paired(gateway.port)
      const live = await admitted(gateway.port, returning(one))
      // It hears nothing any more, and goes on talking.
      live.socket.pause()
      const who = await operator(gateway.port)
      await who.call(method, { deviceId: one.device.id, ...more })
      const before = gateway.written.length
      live.send({ type: 'req', id: 'late', method: 'test.echo', params: { text: 'x' } })
      live.send({ type: 'req', id: 'later', method: 'system-presence' })
      await who.call('health')
      live.socket.resume()
      await live.closed
      expect(live.frames.filter(({ id }) => id === 'late' || id === 'later')).toEqual([])
      expect(gateway.written.slice(before).map(({ operation }) => operation)).toEqual(['health'])
    },
  )

  it('while an answer is being made for it, nothing else of it counts and it hears nothing', async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const slow = defineOperation({
      name: 'test.slow',
      summary: 'Takes its time.',
      requires: 'operator.read',
      changes: false,
      http: null,
      websocket: true,
      input: z.strictObject({}),
      run: async () => {
        begun.resolve()
        await gate.promise
        return {}
      },
    })
    const gateway = await start({ operations: [slow] })
    const one = await paired(gateway.port)
    const live = await admitted(gateway.port, returning(one))
    const answer = live.call('test.slow', {})
    await begun.promise
    const who = await operator(gateway.port)
    await who.call('device.token.revoke', { deviceId: one.device.id, role: 'operator' })
    live.send({ type: 'req', id: 'late', method: 'test.echo', params: { text: 'x' } })
    const told = { event: 'chat', payload: {}, scope: 'operator.read' as const, droppable: false }
    gateway.gateway.bus.publish(told)
    live.socket.ping()
    await new Promise((resolve) => live.socket.once('pong', resolve))
    gate.resolve()
    expect((await answer).ok).toBe(true)
    expect(await live.closed).toEqual(CUT)
    expect(live.frames.filter(({ id, event }) => id === 'late' || event === 'chat')).toEqual([])
    expect(gateway.written.map(({ operation }) => operation)).not.toContain('test.echo')
  })

  it('a device that is revoked while it is let in gets neither a hello nor an answer', async () => {
    const disk = Promise.withResolvers<void>()
    const waits = Promise.withResolvers<void>()
    const throttle = new Throttle({
      settings: { maxAttempts: 1, windowMs: 60_000, lockoutMs: 300_000 },
      steady: () => performance.now(),
      wall: Date.now,
      journal: {
        append: () => {
          waits.resolve()
          return disk.promise
        },
      },
    })
    const gateway = await start({ access: { limits: throttle }, gateway: { guesses: throttle } })
    const one = await paired(gateway.port)
    const client = new TestClient(gateway.port, returning(one))
    await client.event('connect.challenge')
    // The guess makes a lock, which has to be on disk before the answer.
    const answer = client.connect({ auth: { deviceToken: one.token, password: 'guess' } })
    await waits.promise
    client.send({ type: 'req', id: 'early', method: 'test.echo', params: { text: 'x' } })
    const who = await operator(gateway.port)
    await who.call('device.token.revoke', { deviceId: one.device.id, role: 'operator' })
    disk.resolve()

    expect((await answer).error).toEqual({
      code: 'UNAVAILABLE',
      message: 'gateway auth changed',
      retryable: true,
    })
    expect(await client.closed).toEqual({ code: 4001, reason: 'gateway auth changed' })
    expect(gateway.written.map(({ operation }) => operation)).not.toContain('test.echo')
    expect(gateway.written.at(-1)).toMatchObject({ outcome: 'refused', code: 'changed_meanwhile' })
    await isDead(gateway.port, one)
  })

  it('an end that an approval got later cuts connections that began before it', async () => {
    const time = { now: 1_800_000_000_000 }
    const gateway = await start({ clock: () => time.now })
    const one = await paired(gateway.port)
    const live = await admitted(gateway.port, returning(one))
    const scopes = ['operator.write']
    const requestId = await request(gateway.port, { device: one.device, scopes })
    await approve(gateway.port, requestId, '1h')
    time.now += 3_600_000
    expect((await live.closed).code).toBe(4001)
  })

  it('a web session that it opened ends with it, and is no more than it (R15)', async () => {
    const { sessions, logIn } = webSessions()
    const gateway = await start({ access: { sessions } })
    const one = await paired(gateway.port, { scopes: ['operator.write', 'operator.pairing'] })
    const device = gateway.desk.book.find(one.device.id)
    const [grant] = device?.grants ?? []
    if (device === null || grant === undefined) throw new Error('it is not there')
    const browser = await logIn(devicePrincipal(device, grant, grant.scopes), ALL_SCOPES)
    const page = await admitted(gateway.port, browser)
    expect(authOf(page).scopes).toEqual(['operator.read', 'operator.write', 'operator.pairing'])

    await paired(gateway.port)
    const { payload } = await page.call('device.pair.list', {})
    expect(payload?.['paired']).toMatchObject([{ deviceId: one.device.id }])

    const target = { deviceId: one.device.id, role: 'operator' }
    // A page has no key, so it hears no token.
    const own = await page.call('device.token.rotate', target)
    expect(own.payload).toMatchObject({ tokenDelivery: 'withheld-cross-device' })
    const who = await operator(gateway.port)
    await who.call('device.token.rotate', { ...target, scopes: ['operator.read'] })
    expect(authOf(await admitted(gateway.port, browser)).scopes).toEqual(['operator.read'])
    const last = await admitted(gateway.port, browser)
    await who.call('device.token.revoke', target)
    // At once, like the device itself: not when somebody next looks at what has expired.
    expect(await last.closed).toEqual(CUT)
    expect((await refusal(gateway.port, browser)).details).toMatchObject({
      code: 'AUTH_UNAUTHORIZED',
    })
    expect((await page.closed).code).toBe(4001)
    // Another approval of the same device is not the one that opened it.
    const again = await request(gateway.port, { device: one.device })
    await approve(gateway.port, again)
    await refusal(gateway.port, browser)
  })

  it('a web session ends with the token that opened it, once the next one is used (R47)', async () => {
    const { sessions, logIn } = webSessions()
    const gateway = await start({
      access: { sessions },
      operations: [
        defineOperation({
          name: 'test.login',
          summary: 'Opens a session for whoever asks.',
          requires: 'principal',
          changes: false,
          http: null,
          websocket: true,
          input: z.strictObject({}),
          run: (_input, { principal }) => logIn(principal, ['operator.read']),
        }),
      ],
    })
    const one = await paired(gateway.port)
    const { payload } = await (await admitted(gateway.port, returning(one))).call('test.login', {})
    const browser = shownByBrowser.parse(payload)
    const who = await operator(gateway.port)
    await who.call('device.token.rotate', { deviceId: one.device.id, role: 'operator' })
    const page = await admitted(gateway.port, browser)
    const token = authOf(await admitted(gateway.port, returning(one))).deviceToken
    await admitted(gateway.port, returning({ ...one, token: String(token) }))
    expect((await page.closed).code).toBe(4001)
    await refusal(gateway.port, browser)
  })

  it('a device that revokes itself hears the answer before it is cut', async () => {
    const gateway = await start()
    const one = await paired(gateway.port, { scopes: ['operator.read', 'operator.pairing'] })
    const live = await admitted(gateway.port, returning(one))
    const { payload } = await live.call('device.token.revoke', {
      deviceId: one.device.id,
      role: 'operator',
    })
    expect(payload).toMatchObject({ deviceId: one.device.id, role: 'operator' })
    expect(await live.closed).toEqual(CUT)
  })
})

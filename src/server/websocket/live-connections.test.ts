import { describe, expect, it, vi } from 'vitest'
import { live, NEXT_TOKEN } from '../../access/scene.fixture.ts'
import type { ApiKey, PeerOwner } from '../../access/types.ts'
import { Secret } from '../../core/secret.ts'
import type { GatewayEvent } from '../../operations/types.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const withToken = (token = TOKEN, scopes: readonly string[] = ['operator.read']) => ({
  headers: REMOTE,
  params: { auth: { token }, scopes },
})
const event = (more: Partial<GatewayEvent> = {}): GatewayEvent => ({
  event: 'chat',
  payload: { text: 'ü' },
  scope: 'operator.read',
  droppable: false,
  ...more,
})
const CHANGED = { code: 4001, reason: 'gateway auth changed' }

describe('events', () => {
  it('reach whoever may hear them, and are numbered by connection (PROTOCOL 1.5)', async () => {
    const gateway = await start()
    const reader = await admitted(gateway.port, withToken())
    const admin = await admitted(gateway.port, withToken(TOKEN, ['operator.admin']))
    const nobody = await admitted(gateway.port, withToken(TOKEN, []))
    gateway.gateway.bus.publish(event())
    gateway.gateway.bus.publish(event({ event: 'pairing', scope: 'operator.pairing' }))
    gateway.gateway.bus.publish(event({ event: 'all', scope: null }))
    const heard = async (client: TestClient) => {
      await client.event('all')
      return client.frames.slice(2).map(({ event: name, seq }) => `${name} ${seq}`)
    }
    expect(await heard(reader)).toEqual(['chat 1', 'all 2'])
    expect(await heard(admin)).toEqual(['chat 1', 'pairing 2', 'all 3'])
    expect(await heard(nobody)).toEqual(['all 1'])
    expect((await reader.event('chat')).payload).toEqual({ text: 'ü' })
  })

  it('never reach who is not authenticated', async () => {
    const gateway = await start()
    const stranger = new TestClient(gateway.port)
    await stranger.event('connect.challenge')
    gateway.gateway.bus.publish(event({ scope: null }))
    stranger.socket.ping()
    await new Promise((resolve) => stranger.socket.once('pong', resolve))
    expect(stranger.frames).toHaveLength(1)
  })

  it('tick for everybody', async () => {
    const gateway = await start({ limits: { tickMs: 20 } })
    const client = await admitted(gateway.port, withToken(TOKEN, []))
    const tick = await client.event('tick')
    expect(tick).toMatchObject({ seq: 1, payload: { ts: expect.any(Number) } })
  })

  it('that may be dropped are left out for a slow reader, who sees the gap; then it is cut off', async () => {
    const gateway = await start({ limits: { bufferedBytes: 4_000_000 } })
    const client = await admitted(gateway.port, withToken())
    client.socket.pause()
    const payload = { text: 'x'.repeat(100_000) }
    for (let n = 0; n < 200; n += 1)
      gateway.gateway.bus.publish(event({ event: 'big', payload, droppable: true }))
    expect(gateway.surface.counts.live).toBe(1)
    client.socket.resume()
    await client.heard(({ seq }) => seq !== undefined && seq >= 20)
    await client.call('health')
    gateway.gateway.bus.publish(event({ event: 'after' }))
    expect((await client.event('after')).seq).toBe(201)
    expect(client.frames.filter((frame) => frame.event === 'big').length).toBeLessThan(200)

    client.socket.pause()
    for (let n = 0; n < 200; n += 1) gateway.gateway.bus.publish(event({ event: 'big', payload }))
    await vi.waitFor(() => expect(gateway.surface.counts.live).toBe(0))
  })

  it('and answers alike: who asks and never reads is cut off with a reason', async () => {
    const gateway = await start({ limits: { bufferedBytes: 1_000_000, closeMs: 5_000 } })
    const client = await admitted(gateway.port, withToken())
    client.socket.pause()
    const text = 'x'.repeat(200_000)
    for (let n = 0; n < 60; n += 1)
      client.send({ type: 'req', id: `${n}`, method: 'test.echo', params: { text } })
    await vi.waitFor(() => expect(gateway.folded.length).toBeGreaterThan(5))
    client.socket.resume()
    expect(await client.closed).toEqual({ code: 1008, reason: 'slow consumer' })
  })
})

describe('a peer without a sign of life', () => {
  it('is cut off after the ping that it does not answer, and no other is', async () => {
    const gateway = await start({ limits: { pingMs: 60 } })
    const well = await admitted(gateway.port, withToken())
    const dead = await admitted(gateway.port, withToken())
    dead.socket.pause()
    await vi.waitFor(() => expect(gateway.surface.counts.live).toBe(1))
    expect((await well.call('health')).ok).toBe(true)
    expect(gateway.presence.entries()).toHaveLength(2)
  })
})

describe('after a reload (R44, R45)', () => {
  it('exactly the connections whose credential died are closed', async () => {
    const gateway = await start({
      policy: { secrets: [live(TOKEN), live(NEXT_TOKEN, 'token', 'secondary')] },
    })
    const old = await admitted(gateway.port, withToken(TOKEN))
    const fresh = await admitted(gateway.port, withToken(NEXT_TOKEN))
    const owner = await admitted(gateway.port)
    gateway.rules.reload({ secrets: [live(NEXT_TOKEN)] })
    await gateway.surface.judgeAll()
    expect(await old.closed).toEqual(CHANGED)
    expect((await fresh.call('health')).ok).toBe(true)
    expect((await owner.call('health')).ok).toBe(true)
    await vi.waitFor(() => expect(gateway.surface.counts.live).toBe(2))
  })

  it('nothing that a dead connection sends is done, though its close is not answered', async () => {
    const gateway = await start({ limits: { closeMs: 5_000 } })
    const client = await admitted(gateway.port, withToken())
    gateway.rules.reload({ secrets: [live(NEXT_TOKEN)] })
    const judged = gateway.surface.judgeAll()
    await judged
    client.send({ type: 'req', id: 'late', method: 'test.echo', params: { text: 'x' } })
    expect(await client.closed).toEqual(CHANGED)
    expect(gateway.written.map(({ operation }) => operation)).toEqual(['connect'])
  })

  it('a person with fewer scopes than the connection has is closed, one with as many is not', async () => {
    const network = { userHeader: 'x-user', identityHeaders: new Set(['x-user']) }
    const trustedProxy = { allowUsers: new Set<string>(), allowLoopback: true }
    const gateway = await start({
      policy: { mode: 'trusted-proxy', secrets: [], trustedProxy, allowLocalDirect: false },
      trustedProxies: ['127.0.0.1'],
      network,
    })
    const as = (user: string) => ({
      headers: { ...REMOTE, 'x-user': user },
      params: { scopes: ['operator.write'] },
    })
    const nick = await admitted(gateway.port, as('nick'))
    const alice = await admitted(gateway.port, as('alice'))
    gateway.rules.reload({
      identityScopes: new Map([
        ['nick', ['operator.read']],
        ['alice', ['operator.write']],
      ]),
    })
    await gateway.surface.judgeAll()
    expect(await nick.closed).toEqual(CHANGED)
    expect((await alice.call('health')).ok).toBe(true)

    gateway.rules.network = { ...gateway.rules.network, isTrusted: () => false }
    await gateway.surface.judgeAll()
    expect(await alice.closed).toEqual(CHANGED)
  })

  it('an origin that is no longer listed is closed', async () => {
    const origin = 'https://ui.example'
    const origins = {
      allowed: new Set([origin]),
      any: false,
      hostHeaderFallback: false,
      tailnetNames: new Set<string>(),
    }
    const gateway = await start({ policy: { origins } })
    const client = await admitted(gateway.port, { ...withToken(), headers: { ...REMOTE, origin } })
    gateway.rules.reload({ origins: { ...origins, allowed: new Set() } })
    await gateway.surface.judgeAll()
    expect(await client.closed).toEqual(CHANGED)
  })

  it('a judgement that cannot be made is no yes', async () => {
    const fails = { now: false }
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    const { access } = gateway.rules
    gateway.rules.access = {
      ...access,
      get policy() {
        if (fails.now) throw new Error('gone')
        return access.policy
      },
    }
    fails.now = true
    await gateway.surface.judgeAll()
    fails.now = false
    expect(await client.closed).toEqual(CHANGED)
  })

  it('a handshake that was judged by the old rules is judged by the new ones', async () => {
    const gate: { open: (owner: PeerOwner) => void } = { open: () => {} }
    const slow = new Promise<void>((resolve) => {
      gate.open = () => resolve()
    })
    const gateway = await start({
      guesses: { maxAttempts: 1 },
    })
    const charge = gateway.throttle.charge.bind(gateway.throttle)
    Object.assign(gateway.gateway.guesses, {
      charge: (...given: Parameters<typeof charge>) => ({ ...charge(...given), durable: slow }),
    })
    const client = new TestClient(gateway.port, { headers: REMOTE })
    await client.event('connect.challenge')
    const params = { ...BASE_PARAMS, auth: { token: TOKEN, password: 'guess' } }
    client.send({ type: 'req', id: 'connect', method: 'connect', params })
    client.socket.ping()
    await new Promise((resolve) => client.socket.once('pong', resolve))
    gateway.rules.reload({ secrets: [live(NEXT_TOKEN)] })
    await gateway.surface.judgeAll()
    gate.open({ kind: 'none' })
    expect(await client.closed).toEqual(CHANGED)
  })

  it('an API key that expires cuts its connection off without a reload', async () => {
    const text = `sk-${'b'.repeat(40)}`
    const key: ApiKey = {
      id: 'k',
      name: 'K',
      scopes: ['operator.read'],
      expiresAt: null,
      revokedAt: null,
      rateLimit: null,
    }
    const kept = { key }
    const apiKeys = {
      find: (digest: string) => (digest === new Secret(text).digest() ? kept.key : null),
    }
    const gateway = await start({
      policy: { apiKeysEnabled: true },
      access: { apiKeys },
      limits: { tickMs: 30 },
    })
    const client = await admitted(gateway.port, withToken(text))
    const other = await admitted(gateway.port, withToken())
    kept.key = { ...key, expiresAt: Date.now() }
    expect(await client.closed).toEqual(CHANGED)
    expect((await other.call('health')).ok).toBe(true)
  })
})

describe('a busy connection', () => {
  it('counts as a use of its credential by that client, at most once a second', async () => {
    const now = { ms: 1_000_000 }
    const gateway = await start({ gateway: { clock: () => now.ms } })
    const client = await admitted(gateway.port, withToken())
    const after = async (ms: number) => {
      now.ms += ms
      await client.call('health')
      return gateway.uses.length
    }
    expect(gateway.uses).toMatchObject([{ agent: 'cli/1.0.0' }])
    expect([
      await after(0),
      await after(999),
      await after(1),
      await after(0),
      await after(5_000),
    ]).toEqual([1, 1, 2, 2, 3])
    expect(new Set(gateway.uses.map(({ agent }) => agent))).toEqual(new Set(['cli/1.0.0']))
  })
})

describe('the end', () => {
  it('is announced, lets answers finish, refuses what is new, and closes with 1012 (SPEC 1)', async () => {
    const gateway = await testGateway()
    const client = await admitted(gateway.port, withToken(TOKEN, ['operator.write']))
    const stranger = new TestClient(gateway.port)
    await stranger.event('connect.challenge')
    const drained = gateway.surface.drain({
      reason: 'gateway stopping',
      restartExpectedMs: 500,
      graceMs: 1_000,
    })
    expect(await client.event('shutdown')).toMatchObject({
      seq: 1,
      payload: { reason: 'gateway stopping', restartExpectedMs: 500 },
    })
    expect(await stranger.closed).toEqual({ code: 1012, reason: 'service restart' })
    expect((await new TestClient(gateway.port).upgraded).status).toBe(503)
    expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' })
    await drained
    expect(gateway.surface.counts).toEqual({ live: 0, waiting: 0 })
    await gateway.stop()
  })

  it('waits for an answer that is being made, and refuses a new request meanwhile', async () => {
    const gateway = await testGateway()
    const ends: (() => void)[] = []
    Object.assign(gateway.gateway.record, {
      close: () => new Promise<void>((resolve) => void ends.push(resolve)),
    })
    const client = await admitted(gateway.port, withToken(TOKEN, ['operator.admin']))
    client.send({ type: 'req', id: 'slow', method: 'test.change' })
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    const drained = gateway.surface.drain({
      reason: 'stop',
      restartExpectedMs: null,
      graceMs: 5_000,
    })
    await client.event('shutdown')
    expect((await client.call('health')).error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    })
    for (const end of ends) end()
    expect((await client.heard(({ id }) => id === 'slow')).ok).toBe(true)
    expect((await client.closed).code).toBe(1012)
    await drained
    await gateway.stop()
  })
})

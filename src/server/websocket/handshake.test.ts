import { connect as connectTcp, type Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import type { PeerOwner } from '../../access/types.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { BASE_PARAMS, REMOTE, TestClient, admitted, refusal } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const request = (method: string, params: unknown = {}) => ({ type: 'req', id: 'x', method, params })

describe('the first frame', () => {
  it.each([
    { name: 'no JSON', send: 'not json', close: { code: 1000, reason: '' } },
    { name: 'an array', send: '[1,2]', close: { code: 1008, reason: 'invalid request frame' } },
    {
      name: 'an event',
      send: '{"type":"event","event":"connect"}',
      close: { code: 1008, reason: 'invalid request frame' },
    },
    {
      name: 'binary that is no UTF-8',
      send: Buffer.from([0xc3, 0x28]),
      close: { code: 1007, reason: '' },
    },
    {
      name: 'more than 64 KiB',
      send: JSON.stringify(request('connect', { pad: 'x'.repeat(70_000) })),
      close: { code: 1009, reason: '' },
    },
  ])('of $name closes the socket without an answer', async ({ send, close }) => {
    const gateway = await start()
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    client.socket.send(send)
    expect(await client.closed).toEqual(close)
    expect(client.frames).toHaveLength(1)
    await vi.waitFor(() => expect(gateway.surface.counts).toEqual({ live: 0, waiting: 0 }))
    await vi.waitFor(() => expect(gateway.caps.waiting).toBe(0))
  })

  it('that calls another method is answered and closed', async () => {
    const gateway = await start()
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    client.send(request('health'))
    const answer = await client.heard(({ type }) => type === 'res')
    const message = 'invalid handshake: first request must be connect'
    expect(answer).toEqual({
      type: 'res',
      id: 'x',
      ok: false,
      error: { code: 'INVALID_REQUEST', message },
    })
    expect(await client.closed).toEqual({ code: 1008, reason: message })
  })

  it('may come as binary, and before the challenge was read', async () => {
    const gateway = await start()
    const client = new TestClient(gateway.port)
    await client.upgraded
    client.socket.send(Buffer.from(JSON.stringify(request('connect', BASE_PARAMS))))
    expect((await client.heard(({ id }) => id === 'x')).ok).toBe(true)
  })
})

describe('while connect is judged', () => {
  /** The kernel's answer comes when the test lets it. */
  function slowOwner() {
    const gate: { open: (owner: PeerOwner) => void } = { open: () => {} }
    const answer = new Promise<PeerOwner>((resolve) => {
      gate.open = resolve
    })
    return { gate, peerOwner: () => answer }
  }

  it('sixteen frames wait and are answered in order afterwards', async () => {
    const { gate, peerOwner } = slowOwner()
    const gateway = await start({ peerOwner })
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    client.send(request('connect', { ...BASE_PARAMS }))
    for (let n = 0; n < 16; n += 1)
      client.send({ ...request('test.echo', { text: `${n}` }), id: `early-${n}` })
    client.socket.ping()
    await new Promise((resolve) => client.socket.once('pong', resolve))
    expect(client.frames).toHaveLength(1)
    gate.open({ kind: 'uid', uid: 1000 })
    await client.heard(({ id }) => id === 'early-15')
    expect(client.frames.slice(1).map(({ id }) => id)).toEqual([
      'x',
      ...Array.from({ length: 16 }, (_, n) => `early-${n}`),
    ])
  })

  it('a seventeenth frame closes the socket (R33)', async () => {
    const { gate, peerOwner } = slowOwner()
    const gateway = await start({ peerOwner })
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    client.send(request('connect', { ...BASE_PARAMS }))
    for (let n = 0; n < 17; n += 1) client.send(request('health'))
    const close = { code: 1008, reason: 'too many pending handshake frames' }
    expect(await client.closed).toEqual(close)
    gate.open({ kind: 'uid', uid: 1000 })
    await vi.waitFor(() => expect(gateway.written).toHaveLength(1))
    expect(gateway.surface.counts).toEqual({ live: 0, waiting: 0 })
  })

  it('a client that leaves is not let in, yet on the record', async () => {
    const { gate, peerOwner } = slowOwner()
    const gateway = await start({ peerOwner })
    const client = new TestClient(gateway.port)
    await client.event('connect.challenge')
    client.send(request('connect', { ...BASE_PARAMS }))
    client.socket.ping()
    await new Promise((resolve) => client.socket.once('pong', resolve))
    await client.close()
    await vi.waitFor(() => expect(gateway.surface.counts.waiting).toBe(0))
    gate.open({ kind: 'uid', uid: 1000 })
    await vi.waitFor(() => expect(gateway.written).toHaveLength(1))
    expect(gateway.surface.counts.live).toBe(0)
    expect(gateway.presence.entries()).toHaveLength(1)
  })
})

describe('time and room before authentication (R33)', () => {
  it('a thousand sockets that say nothing are closed in time, and their slots are free', async () => {
    const gateway = await start({ limits: { handshakeMs: 1_500 } })
    const clients = Array.from({ length: 1_000 }, () => new TestClient(gateway.port))
    await Promise.all(clients.map(({ upgraded }) => upgraded))
    expect(gateway.surface.counts.waiting).toBeGreaterThan(0)
    const closed = await Promise.all(clients.map((client) => client.closed))
    expect(new Set(closed.map(({ code, reason }) => `${code}${reason}`))).toEqual(new Set(['1000']))
    await vi.waitFor(() => expect(gateway.caps.waiting).toBe(0))
    expect(gateway.surface.counts).toEqual({ live: 0, waiting: 0 })
  })

  it('a peer that never answers the close is cut off', async () => {
    const gateway = await start({ limits: { handshakeMs: 50, closeMs: 50 } })
    const socket = await rawUpgrade(gateway.port)
    await new Promise((resolve) => socket.once('close', resolve))
    expect(gateway.surface.counts.waiting).toBe(0)
    await vi.waitFor(() => expect(gateway.caps.waiting).toBe(0))
  })

  it('a peer that resets the connection ends nothing but its own', async () => {
    const gateway = await start()
    const sockets = await Promise.all(Array.from({ length: 20 }, () => rawUpgrade(gateway.port)))
    expect(gateway.surface.counts.waiting).toBe(20)
    for (const socket of sockets) socket.resetAndDestroy()
    await vi.waitFor(() => expect(gateway.surface.counts.waiting).toBe(0))
    await vi.waitFor(() => expect(gateway.caps.waiting).toBe(0))
    await admitted(gateway.port)
  })

  it('a client address behind a proxy of ours has a cap of its own, and gets its room back', async () => {
    const gateway = await start({ trustedProxies: ['127.0.0.1'], limits: { waitingPerClient: 2 } })
    const waiting = Array.from(
      { length: 2 },
      () => new TestClient(gateway.port, { headers: REMOTE }),
    )
    await Promise.all(waiting.map(({ upgraded }) => upgraded))
    const third = new TestClient(gateway.port, { headers: REMOTE })
    const refused = await third.upgraded
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'too_many_connections' } })

    const other = { headers: { 'x-forwarded-for': '203.0.113.10' } }
    expect((await new TestClient(gateway.port, other).upgraded).status).toBe(101)
    const params = { auth: { token: TOKEN } }
    expect((await waiting[0]?.connect(params))?.ok).toBe(true)
    expect((await refusal(gateway.port, { headers: REMOTE, params: { role: 'x' } })).message).toBe(
      'invalid role',
    )
    await waiting[1]?.close()
    await vi.waitFor(async () => {
      await admitted(gateway.port, { headers: REMOTE, params })
    })
  })
})

/** An upgraded socket of a peer that speaks no WebSocket. */
async function rawUpgrade(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await new Promise((resolve) => socket.once('data', resolve))
  return socket
}

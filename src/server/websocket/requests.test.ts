import { ErrorShapeSchema, RequestFrameSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineOperation } from '../../operations/types.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, REMOTE } from './test-client.fixture.ts'
import { TestDevice } from '../../access/device.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

/** As `hello-ok` names the connection to its client. */
const helloShape = z.object({ server: z.object({ connId: z.string() }) })
const connectionIdOf = (hello: unknown): string => helloShape.parse(hello).server.connId

const withToken = (scopes: readonly string[] = ['operator.read']) => ({
  headers: REMOTE,
  params: { auth: { token: TOKEN }, scopes },
})

describe('a request frame', () => {
  it('is answered under its id, with or without params', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    expect(await client.call('health')).toMatchObject({ ok: true, payload: { ok: true } })
    expect(await client.call('health', null)).toMatchObject({ ok: true })
    expect(await client.call('test.echo', { text: 'ü "quoted"' })).toMatchObject({
      payload: { text: 'ü "quoted"' },
    })
    client.send({
      type: 'req',
      id: 'a"b\\c',
      method: 'health',
      traceparent: '00-1',
      expectedProfileId: 'p',
    })
    await client.heard(({ id, ok }) => id === 'a"b\\c' && ok === true)
  })

  it.each([
    {
      name: 'an unknown property',
      frame: { foo: 1 },
      problem: "at root: unexpected property 'foo'",
      id: 'x',
    },
    {
      name: 'no method',
      frame: { method: undefined },
      problem: "must have required property 'method'",
      id: 'x',
    },
    {
      name: 'an empty method',
      frame: { method: '' },
      problem: 'at /method: must be a string that is not empty',
      id: 'x',
    },
    {
      name: 'an id that is no string',
      frame: { id: 7 },
      problem: 'at /id: must be a string that is not empty',
      id: 'invalid',
    },
    {
      name: 'an empty id',
      frame: { id: '' },
      problem: 'at /id: must be a string that is not empty',
      id: 'invalid',
    },
    {
      name: 'another type',
      frame: { type: 'res' },
      problem: 'at /type: must be equal to constant',
      id: 'x',
    },
    {
      name: 'a long traceparent',
      frame: { traceparent: 'x'.repeat(129) },
      problem: 'at /traceparent: must be a string of 0 to 128 characters',
      id: 'x',
    },
    {
      name: 'an empty profile',
      frame: { expectedProfileId: '' },
      problem: 'at /expectedProfileId: must be a string of 1 to 128 characters',
      id: 'x',
    },
  ])('with $name is refused, and the socket stays open', async ({ frame, problem, id }) => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    const whole = { type: 'req', id: 'x', method: 'health', ...frame }
    expect(Check(RequestFrameSchema, whole) && !('expectedProfileId' in frame)).toBe(false)
    client.send(whole)
    const answer = await client.heard((one) => one.type === 'res' && one.id === id)
    expect(answer.error).toEqual({
      code: 'INVALID_REQUEST',
      message: `invalid request frame: ${problem}`,
    })
    expect((await client.call('health')).ok).toBe(true)
  })

  it('that is no JSON is ignored, and said once in the log', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    client.socket.send('not json')
    client.socket.send('{"still":')
    expect((await client.call('health')).ok).toBe(true)
    expect(client.frames).toHaveLength(3)
    expect(gateway.logged.filter((line) => line.includes('not JSON'))).toHaveLength(1)
  })

  it('may be binary UTF-8; what is none closes the socket', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    client.socket.send(Buffer.from('{"type":"req","id":"b","method":"health"}'))
    await client.heard(({ id }) => id === 'b')
    client.socket.send(Buffer.from([0xff, 0xfe]))
    expect((await client.closed).code).toBe(1007)
  })

  it('may be as large as the policy says after the handshake, and no larger', async () => {
    const gateway = await start({ limits: { frameBytes: 200_000 } })
    const client = await admitted(gateway.port, withToken())
    const text = 'x'.repeat(150_000)
    expect((await client.call('test.echo', { text })).payload?.['text']).toBe(text)
    client.socket.send('x'.repeat(200_001))
    expect(await client.closed).toEqual({ code: 1009, reason: '' })
    await vi.waitFor(() => expect(gateway.surface.counts.live).toBe(0))
  })
})

describe('a method', () => {
  it('beyond the scopes is refused with the scope that is missing (PROTOCOL 4.2)', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    const refused = await client.call('test.change')
    expect(refused.error).toEqual({
      code: 'FORBIDDEN',
      message: 'missing scope: operator.admin',
      details: {
        code: 'MISSING_SCOPE',
        missingScope: 'operator.admin',
        requiredScopes: ['operator.admin'],
      },
    })
    expect(Check(ErrorShapeSchema, refused.error)).toBe(true)
    expect(gateway.written.at(-1)).toMatchObject({
      operation: 'test.change',
      outcome: 'refused',
      code: 'missing_scope',
    })
  })

  it('that does not exist looks like one beyond the scopes to all but administrators', async () => {
    const gateway = await start()
    const reader = await admitted(gateway.port, withToken())
    const admin = await admitted(gateway.port, withToken(['operator.admin']))
    for (const method of ['nope', 'connect', 'test.http-only']) {
      expect((await reader.call(method)).error?.message).toBe('missing scope: operator.admin')
    }
    expect((await admin.call('nope')).error).toEqual({
      code: 'INVALID_REQUEST',
      message: 'unknown method: nope',
    })
    expect((await admin.call('test.http-only')).error?.message).toBe(
      'unknown method: test.http-only',
    )
    expect((await admin.call('connect', BASE_PARAMS)).error?.message).toBe(
      'connect is only valid as the first request',
    )
    const loud = (await admin.call(`\u0007${'x'.repeat(100_000)}`)).error?.message ?? ''
    expect(loud).toBe(`unknown method: ?${'x'.repeat(79)}`)
  })

  it('with wrong params says where', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    expect((await client.call('test.echo', { text: 1, foo: 1 })).error?.message).toMatch(
      /^invalid test.echo params: at \/text: .*; at root: unexpected property 'foo'$/,
    )
    expect((await client.call('test.echo', 'text')).error?.code).toBe('INVALID_REQUEST')
  })

  it.each(['test.broken', 'test.circular'])(
    'that fails (%s) tells its request id alone',
    async (method) => {
      const gateway = await start()
      const client = await admitted(gateway.port, withToken())
      const { error } = await client.call(method)
      const [requestId = ''] = client.recordIds
      expect(error).toEqual({
        code: 'UNAVAILABLE',
        message: `something went wrong on our side (request ${requestId})`,
      })
      expect(gateway.logged.join()).toContain(`request ${requestId} failed`)
      expect((await client.call('health')).ok).toBe(true)
    },
  )

  it('may answer twice with one id, and streams nothing of its own (PROTOCOL 5.3)', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken(['operator.write']))
    client.send({ type: 'req', id: 'run', method: 'test.agent' })
    await client.heard(({ id, payload }) => id === 'run' && payload?.['status'] === 'ok')
    expect(client.frames.slice(2)).toMatchObject([
      { type: 'res', id: 'run', ok: true, payload: { status: 'accepted' } },
      {
        type: 'res',
        id: 'run',
        ok: true,
        payload: {
          status: 'ok',
          surface: 'websocket',
          connection: connectionIdOf(client.frames[1]?.payload),
        },
      },
    ])
  })

  it('beyond a request limit hears when to come back', async () => {
    const quota = { allowed: false, resetMs: 1234.5, headers: [] }
    const gateway = await start({ gateway: { quotas: { take: () => quota } } })
    const client = await admitted(gateway.port, withToken())
    expect((await client.call('health')).error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      retryAfterMs: 1235,
    })
  })

  it('that changes something is refused while the record cannot be written', async () => {
    const gateway = await start()
    Object.assign(gateway.gateway.record, { open: () => Promise.reject(new Error('full')) })
    const client = await admitted(gateway.port, withToken(['operator.admin']))
    expect((await client.call('test.change')).error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    })
  })

  it('in the wrong role is refused, and the eleventh time the socket is closed', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, {
      device: new TestDevice(),
      params: { role: 'node', auth: { token: TOKEN } },
    })
    for (let n = 0; n < 11; n += 1) {
      const method = n % 2 === 0 ? 'test.echo' : 'nope'
      expect((await client.call(method, { text: '' })).error).toEqual({
        code: 'INVALID_REQUEST',
        message: 'unauthorized role: node',
      })
    }
    expect(await client.closed).toEqual({ code: 1008, reason: 'repeated unauthorized calls' })
  })
})

describe('requests in flight', () => {
  /** Operations that end when the test says so, and what became of their signals. */
  function waiting() {
    const ends: (() => void)[] = []
    const signals: AbortSignal[] = []
    const operation = defineOperation({
      name: 'test.wait',
      summary: 'Waits.',
      requires: 'operator.read',
      changes: false,
      http: null,
      websocket: true,
      input: z.strictObject({ pad: z.string().optional() }),
      run: (_input, call) =>
        new Promise<object>((resolve) => {
          signals.push(call.signal)
          ends.push(() => resolve({ done: true }))
        }),
    })
    return { ends, signals, operation }
  }

  it('are bounded in number and in bytes, and there is room again when one ends', async () => {
    const { ends, operation } = waiting()
    const gateway = await start({
      operations: [operation],
      limits: { requestsInFlight: 2, bytesInFlight: 1_000 },
    })
    const client = await admitted(gateway.port, withToken())
    const heavy = await client.call('test.wait', { pad: 'x'.repeat(1_000) })
    expect(heavy.error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    const first = client.call('test.wait')
    const second = client.call('test.wait')
    expect((await client.call('test.wait')).error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    })
    for (const end of ends.splice(0)) end()
    expect((await first).ok && (await second).ok).toBe(true)
    expect((await client.call('health')).ok).toBe(true)
  })

  it('learn that their caller is gone', async () => {
    const { ends, signals, operation } = waiting()
    const gateway = await start({ operations: [operation] })
    const client = await admitted(gateway.port, withToken())
    client.send({ type: 'req', id: 'w', method: 'test.wait' })
    await client.call('health')
    expect(signals[0]?.aborted).toBe(false)
    const aborted = new Promise((resolve) => signals[0]?.addEventListener('abort', resolve))
    await client.close()
    await aborted
    for (const end of ends) end()
    expect(gateway.logged).toEqual([])
  })
})

describe('the record', () => {
  it('has one entry a handshake, folds allows, and keeps every refusal', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, withToken())
    for (let n = 0; n < 3; n += 1) await client.call('test.echo', { text: 'x' })
    for (let n = 0; n < 2; n += 1) await client.call('test.change')
    expect(gateway.written.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'connect allowed',
      'test.echo allowed',
      'test.change refused',
      'test.change refused',
    ])
    expect(gateway.folded).toHaveLength(2)
    expect(JSON.stringify(gateway.written)).not.toContain(TOKEN)
  })
})

/** Traces of a built gateway, as a collector receives them over HTTP (SPEC 10). */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { waitFor } from './channels.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway, type Setup } from './gateway.ts'
import { attribute, startCollector, type Collector } from './otlp-collector.fixture.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const TRACEPARENT = { traceparent: `00-${TRACE}-${PARENT}-01` }
const COLLECTOR_KEY = 'k3y-of-the-collector'
const WORDS = 'words that stay here'

const configFor = (otlp: object) => ({
  gateway: { auth: { mode: 'token', token: TOKEN } },
  telemetry: { otlp },
})

async function collector(options: Parameters<typeof startCollector>[0] = {}): Promise<Collector> {
  const started = await startCollector(options)
  onTestFinished(() => started.stop())
  return started
}

async function running(otlp: object, more: Setup = {}): Promise<RunningGateway> {
  const gateway = await startGateway({ config: configFor(otlp), ...more })
  onTestFinished(async () => void (gateway.child.exitCode === null && (await gateway.stop())))
  return gateway
}

const ask = (gateway: RunningGateway, headers: object = {}, secret = TOKEN) =>
  gateway.ask({ headers: { ...REMOTE, ...bearer(secret), ...headers } })

const speak = (gateway: RunningGateway, headers: object = {}) =>
  gateway.ask({
    method: 'POST',
    path: '/api/v1/agents/main/messages',
    headers: { ...REMOTE, ...bearer(TOKEN), ...headers },
    body: { message: `/remember ${WORDS}` },
  })

describe('a message to an agent', () => {
  test('is one trace: request, decision, operation and run, below what a principal says', async () => {
    const { endpoint, spans, requests, text } = await collector()
    const headers = { 'X-Collector-Key': COLLECTOR_KEY }
    const gateway = await running({ endpoint: `${endpoint}/`, headers })
    expect((await speak(gateway, TRACEPARENT)).status).toBe(200)
    expect(await gateway.stop()).toBe(0)

    const named = (name: string) => {
      const found = spans.find((one) => one.name === name && one.traceId === TRACE)
      if (found === undefined) throw new Error(`no span ${name} in ${text()}`)
      return found
    }
    const request = named('agent')
    expect(request).toMatchObject({ kind: 2, parentSpanId: PARENT })
    expect(attribute(request, 'openclaw.outcome')).toBe('served')
    expect(attribute(request, 'openclaw.method')).toBe('token')
    expect(named('decide').parentSpanId).toBe(request.spanId)
    expect(named('perform agent').parentSpanId).toBe(request.spanId)
    expect(named('agent run').parentSpanId).toBe(named('perform agent').spanId)
    for (const { startTimeUnixNano, endTimeUnixNano } of spans)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))

    expect(requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'x-collector-key': COLLECTOR_KEY, 'content-type': 'application/json' },
    })
    expect(text()).not.toMatch(new RegExp(`${WORDS}|${TOKEN}|${COLLECTOR_KEY}|127\\.0|203\\.0`))
    expect(gateway.output()).not.toContain(COLLECTOR_KEY)
  })

  test('is named in the trace by the id under which the record has it', async () => {
    const { endpoint, spans } = await collector()
    const gateway = await running({ endpoint })
    const { json } = await ask(gateway, {}, 'ba5eba11'.repeat(8))
    await gateway.stop()
    const { requestId } = Object(json).error
    const [refused] = spans.filter((one) => attribute(one, 'openclaw.request_id') === requestId)
    expect(refused && attribute(refused, 'openclaw.reason')).toBe('token_mismatch')
  })
})

test('a stranger chooses no ids, and does not decide what is kept', async () => {
  const { endpoint, spans, text } = await collector()
  const gateway = await running({ endpoint, sampleRatio: 1 })
  expect((await ask(gateway, TRACEPARENT, 'ba5eba11'.repeat(8))).status).toBe(401)
  const unsampled = { traceparent: TRACEPARENT.traceparent.replace(/01$/, '00') }
  expect((await gateway.ask({ headers: { ...REMOTE, ...unsampled } })).status).toBe(401)
  await gateway.stop()
  expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(2)
  expect(text()).not.toMatch(new RegExp(`${TRACE}|${PARENT}`))
})

test('sampleRatio is for traces that begin here; a principal who keeps theirs is followed', async () => {
  const { endpoint, spans } = await collector()
  const gateway = await running({ endpoint, sampleRatio: 0 })
  for (let index = 0; index < 20; index++) await ask(gateway)
  await ask(gateway, TRACEPARENT)
  await gateway.stop()
  expect(spans.length).toBeGreaterThan(0)
  expect(spans.filter(({ traceId }) => traceId !== TRACE)).toEqual([])
})

test('a WebSocket is traced by its connect and by each frame', async () => {
  const { endpoint, spans } = await collector()
  const gateway = await running({ endpoint })
  const params = { auth: { token: TOKEN } }
  const client = await admitted(gateway.port, { headers: REMOTE, params })
  await client.call('status')
  await client.close()
  await gateway.stop()
  const names = spans.map(({ name }) => name)
  expect(names).toContain('connect')
  expect(names).toContain('status')
  expect(names).toContain('perform status')
})

describe('where traces go', () => {
  test('OTEL_EXPORTER_OTLP_ENDPOINT wins over the file', async () => {
    const [meant, other] = [await collector(), await collector()]
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: meant.endpoint }
    const gateway = await running({ endpoint: other.endpoint }, { env })
    await ask(gateway)
    await gateway.stop()
    expect(meant.spans.length).toBeGreaterThan(0)
    expect(other.requests).toEqual([])
  })

  test('a reload turns them on and off', async () => {
    const { endpoint, spans } = await collector()
    const gateway = await running({})
    const write = async (otlp: object): Promise<void> => {
      const from = gateway.output().length
      writeFileSync(join(gateway.dir, 'openclaw.json'), JSON.stringify(configFor(otlp)), {
        mode: 0o600,
      })
      await waitFor(() => expect(gateway.output().slice(from)).toContain('configuration applied'))
    }
    await ask(gateway, TRACEPARENT)
    await write({ endpoint })
    await ask(gateway)
    await waitFor(() => expect(spans.some(({ name }) => name === 'whoami')).toBe(true))
    expect(spans.filter(({ traceId }) => traceId === TRACE)).toEqual([])
    await write({})
    await ask(gateway, TRACEPARENT)
    await gateway.stop()
    expect(spans.filter(({ traceId }) => traceId === TRACE)).toEqual([])
  })

  test('nowhere else: a redirect is not followed, and the headers stay where they belong', async () => {
    const other = await collector()
    const first = await collector({ redirectTo: `${other.endpoint}/v1/traces` })
    const headers = { 'x-collector-key': COLLECTOR_KEY }
    const gateway = await running({ endpoint: first.endpoint, headers })
    await ask(gateway)
    await gateway.stop()
    expect(first.requests.length).toBeGreaterThan(0)
    expect(other.requests).toEqual([])
  })

  test.each([
    ['no address', 'collector:4318', /telemetry\.otlp\.endpoint/],
    ['a password in it', 'http://me:pass-of-mine@127.0.0.1:4318', /telemetry\.otlp\.headers/],
  ])('not to %s', async (_name, endpoint, said) => {
    const refused = startGateway({ config: configFor({ endpoint }) })
    await expect(refused).rejects.toThrow(said)
    await expect(refused).rejects.not.toThrow('pass-of-mine')
  })
})

test('a collector that is down costs one line in the log, and is found again', async () => {
  const gone = await startCollector()
  await gone.stop()
  const { endpoint, port } = gone
  const gateway = await running({ endpoint })
  const failures = () => gateway.output().split('traces cannot be sent').length - 1
  await ask(gateway)
  await waitFor(() => expect(failures()).toBe(1))
  // Another batch that fails says nothing more.
  for (let index = 0; index < 300; index++) expect((await ask(gateway)).status).toBe(200)
  const again = await collector({ port })
  await waitFor(async () => {
    await ask(gateway)
    expect(again.spans.length).toBeGreaterThan(0)
  })
  await waitFor(() => expect(gateway.output()).toContain('takes traces again'))
  expect(failures()).toBe(1)
})

/** `/metrics` of a built gateway (SPEC 10): who may read it, what it says, and that nobody can fill it. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { METRICS, type Metric } from '../src/telemetry/catalogue.ts'
import { channelGateway, rest, waitFor } from './channels.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { promtool, PROMTOOL, scrape, total, typesIn } from './metrics-text.fixture.ts'

const keyOf = (id: string): string => `sk-metrics-${id}-${'k3y7'.repeat(8)}`
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = { reader: ['read'], nobody: [] }
const KEYS = Object.entries(PERMISSIONS).map(([id, permissions]) => ({
  id,
  key_sha256: createHash('sha256').update(keyOf(id)).digest('hex'),
  permissions,
}))
const AUTH = { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 3, exemptLoopback: false } }
const CONFIG = {
  gateway: { auth: AUTH },
  security: { apiKeys: { enabled: true } },
}

const at = { gateway: {} as RunningGateway }
const readBy = (headers: object) =>
  at.gateway.ask({ path: '/metrics', headers: { ...REMOTE, ...headers } })

beforeAll(async () => {
  at.gateway = await startGateway({
    config: CONFIG,
    files: { 'auth/api_keys.json': JSON.stringify({ keys: KEYS }) },
  })
})
afterAll(() => at.gateway.stop())

describe('who reads /metrics', () => {
  it('is no stranger, who hears what strangers hear of any path', async () => {
    const stranger = await readBy({})
    expect(stranger.status).toBe(401)
    expect(stranger.text).not.toContain('openclaw_')
    const elsewhere = await at.gateway.ask({ path: '/nothing-here', headers: REMOTE })
    const said = ({ text }: { text: string }) => text.replace(/"requestId":"[^"]*"/, '')
    expect(said(stranger)).toBe(said(elsewhere))
  })

  it('is an API key with the permission to read, in the type that Prometheus asks for', async () => {
    const { status, headers } = await readBy(bearer(keyOf('reader')))
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(headers['cache-control']).toBe('no-store')
  })

  it('is no API key without it', async () => {
    expect((await readBy(bearer(keyOf('nobody')))).status).toBe(403)
  })

  it('is named in the record, once a minute and not at every scrape', async () => {
    for (let scrapes = 0; scrapes < 5; scrapes++) await scrape(at.gateway)
    const kept = async () => {
      const { json } = await rest(at.gateway, 'GET /record?limit=1000')
      return json.entries.filter(
        ({ entry }: { entry: Record<string, unknown> }) =>
          entry['kind'] === 'request' &&
          entry['operation'] === 'metrics' &&
          entry['method'] === 'token',
      ).length
    }
    await waitFor(async () => expect(await kept()).toBeGreaterThan(0))
    // The minute may turn while this test runs.
    expect(await kept()).toBeLessThan(3)
  })
})

describe('what /metrics says', () => {
  it('is every metric of the table, and no other', async () => {
    const expected = Object.values<Metric>(METRICS).map(({ name, type }) => [name, type])
    expect([...typesIn((await scrape(at.gateway)).text)]).toEqual(expected)
  })

  const suite = PROMTOOL ? 'is in order for promtool' : 'skipped: needs promtool'
  it.skipIf(!PROMTOOL)(suite, async () => {
    const { text } = await scrape(at.gateway)
    expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' })
    const broken = text.replaceAll('openclaw_runs_total', 'openclaw_runs_milliseconds')
    expect(promtool(['check', 'metrics'], broken).code).not.toBe(0)
  })

  it('counts wrong credentials, and the lock that they end in', async () => {
    const before = (await scrape(at.gateway)).series
    for (let guess = 0; guess < 3; guess++)
      await at.gateway.ask({
        headers: { ...bearer('ba5eba11'.repeat(8)), 'x-forwarded-for': '198.51.100.7' },
        from: '127.7.0.9',
      })
    const { series } = await scrape(at.gateway)
    const rise = (name: string, labels: Readonly<Record<string, string>>) =>
      total(series, name, labels) - total(before, name, labels)
    expect(rise('openclaw_guesses_total', { class: 'shared' })).toBe(3)
    expect(rise('openclaw_locks', { class: 'shared' })).toBe(1)
    expect(rise('openclaw_refusals_total', { reason: 'token_mismatch' })).toBe(3)
    const heard = { surface: 'http', outcome: 'refused', category: 'unauthenticated' }
    expect(rise('openclaw_decisions_total', { ...heard, method: 'none' })).toBe(3)
  })

  it('counts an answer of an agent', async () => {
    const { status } = await rest(at.gateway, 'POST /agents/main/messages', { message: '/status' })
    expect(status).toBe(200)
    const { series } = await scrape(at.gateway)
    expect(total(series, 'openclaw_runs_total', { outcome: 'answered' })).toBe(1)
    expect(total(series, 'openclaw_run_duration_seconds_count')).toBe(1)
    expect(total(series, 'openclaw_conversations')).toBe(1)
    expect(total(series, 'openclaw_request_duration_seconds_count', { operation: 'agent' })).toBe(1)
  })

  it('counts WebSockets while they are open, and each frame', async () => {
    const open = { surface: 'websocket' }
    const client = await admitted(at.gateway.port, {
      headers: REMOTE,
      params: { auth: { token: TOKEN } },
    })
    await client.call('whoami')
    const during = (await scrape(at.gateway)).series
    expect(total(during, 'openclaw_connections', open)).toBe(1)
    expect(total(during, 'openclaw_decisions_total', { ...open, outcome: 'allowed' })).toBe(2)
    await client.close()
    await waitFor(async () => {
      expect(total((await scrape(at.gateway)).series, 'openclaw_connections', open)).toBe(0)
    })
  })
})

describe('nobody fills /metrics', () => {
  it('by paths, names, headers, secrets or methods that they make up', async () => {
    const word = 'madeup'
    const flood = async (from: number, count: number) => {
      for (let index = from; index < from + count; index++) {
        const headers = {
          'user-agent': `${word}-agent-${index}`,
          'x-forwarded-for': `10.${word}.0.${index}`,
          'x-forwarded-user': `${word}-user-${index}`,
          'x-openclaw-scopes': `${word}.${index}`,
        }
        const made = { method: index % 7 === 0 ? 'PUT' : 'GET', path: `/${word}/${index}/x` }
        await at.gateway.ask({ ...made, headers: { ...headers, ...bearer(TOKEN) } })
        await at.gateway.ask({
          ...made,
          headers: { ...headers, ...bearer(`${word}-secret-${index}`) },
          from: `127.3.${Math.floor(index / 250)}.${(index % 250) + 1}`,
        })
      }
    }
    await flood(0, 20)
    const before = await scrape(at.gateway)
    await flood(20, 1_000)
    const client = await admitted(at.gateway.port, {
      headers: REMOTE,
      params: { auth: { token: TOKEN } },
    })
    for (let index = 0; index < 100; index++) await client.call(`${word}.method.${index}`)
    await client.close()
    const { text, series } = await scrape(at.gateway)
    expect(text).not.toContain(word)
    expect(text).not.toMatch(/198\.51\.100|127\.3\./)
    const unknown = { operation: 'unknown' }
    const name = 'openclaw_request_duration_seconds_count'
    expect(total(series, name, unknown) - total(before.series, name, unknown)).toBe(2_100)
    // The WebSocket's own words came with it: a surface, a reason.
    expect(series.size - before.series.size).toBeLessThan(10)
  }, 60_000)
})

describe('over a reload', () => {
  it('counters go on, and a configuration that is refused shows until it is mended', async () => {
    const write = (text: string) =>
      writeFileSync(join(at.gateway.dir, 'openclaw.json'), text, { mode: 0o600 })
    const good = 'openclaw_config_last_reload_successful'
    const before = (await scrape(at.gateway)).series
    write(JSON.stringify({ ...CONFIG, security: { ...CONFIG.security, pairingTimeout: 200 } }))
    await waitFor(async () => {
      const { series } = await scrape(at.gateway)
      expect(
        total(series, 'openclaw_config_reloads_total', { outcome: 'applied' }),
      ).toBeGreaterThan(total(before, 'openclaw_config_reloads_total', { outcome: 'applied' }))
    })
    const types = typesIn((await scrape(at.gateway)).text)
    const { series } = await scrape(at.gateway)
    const counted = [...before].filter(([key]) => {
      const name = key.split('{')[0] ?? ''
      const family = name.replace(/_(bucket|sum|count)$/, '')
      return types.get(name) === 'counter' || types.get(family) === 'histogram'
    })
    expect(counted.length).toBeGreaterThan(50)
    for (const [key, value] of counted) expect(series.get(key), key).toBeGreaterThanOrEqual(value)
    const taken = 'openclaw_config_last_reload_success_timestamp_seconds'
    expect(total(series, taken)).toBeGreaterThan(total(before, taken))

    write('{ gateway: { port: "high" } }')
    await waitFor(async () => expect(total((await scrape(at.gateway)).series, good)).toBe(0))
    const refused = (await scrape(at.gateway)).series
    expect(total(refused, 'openclaw_config_reloads_total', { outcome: 'refused' })).toBeGreaterThan(
      0,
    )
    write(JSON.stringify(CONFIG))
    await waitFor(async () => expect(total((await scrape(at.gateway)).series, good)).toBe(1))
  })
})

it('messages on a chat network are counted by what became of them, and its account is connected', async () => {
  const network = await TelegramStandIn.start()
  onTestFinished(() => network.stop())
  const telegram = { token: network.token, apiBase: network.apiBase, allowFrom: [1001] }
  const gateway = await channelGateway({ telegram }).start()
  network.say({ from: { id: 1001 }, text: '/whoami' })
  await waitFor(() => expect(network.sent).toHaveLength(1))
  network.say({ from: { id: 666, name: 'Mallory' }, text: 'let me in' })
  await waitFor(() => expect(network.sent).toHaveLength(2))
  const channel = { channel: 'telegram' }
  await waitFor(async () => {
    const { series, text } = await scrape(gateway)
    const messages = (result: string) =>
      total(series, 'openclaw_channel_messages_total', { ...channel, result })
    expect(['received', 'refused', 'sent', 'undeliverable'].map(messages)).toEqual([1, 1, 2, 0])
    expect(total(series, 'openclaw_sender_requests', channel)).toBe(1)
    expect(total(series, 'openclaw_outbox_waiting', channel)).toBe(0)
    const accounts = (state: string) =>
      total(series, 'openclaw_channel_accounts', { ...channel, state })
    expect([accounts('connected'), accounts('disconnected')]).toEqual([1, 0])
    expect(text).not.toMatch(/1001|666|Mallory/)
  })
})

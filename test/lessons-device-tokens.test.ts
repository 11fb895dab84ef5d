/** Lessons about device tokens: what they open without a key, who hears them, and where they are not. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { operator, paired, returning, tokenIn } from '../src/server/websocket/pairing.fixture.ts'
import { admitted, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN } from './gateway.ts'
import { lessonGateway } from './lessons-gateway.fixture.ts'

const { at, fresh, ask } = lessonGateway('127.8.1', { maxAttempts: 5 })
const scopesAt = async (token: string) => {
  const { json } = await ask(token, '/api/v1/whoami')
  return Object(json).principal?.scopes
}

describe('over HTTP, where nobody can show a key', () => {
  it('R10: a device token reads and writes at most, and makes nothing that could do more', async () => {
    const one = await paired(at.gateway.port, { ...fresh(), scopes: ['operator.admin'] })
    expect(await scopesAt(one.token)).toEqual(['operator.read', 'operator.write'])
    const denied = [
      ['GET', '/api/v1/config'],
      ['GET', '/api/v1/devices'],
      ['GET', '/api/v1/record'],
      ['POST', '/api/v1/api-keys', { name: 'x', permissions: ['read'] }],
      ['POST', '/api/v1/login-links', {}],
      ['POST', `/api/v1/devices/${one.device.id}/token/rotate`, { role: 'operator' }],
      ['POST', '/api/v1/token/rotate', {}],
    ] as const
    for (const [method, path, body] of denied) {
      const { status } = await ask(one.token, path, { method, body })
      expect([path, status]).toEqual([path, 403])
    }
    const scopes = { 'x-openclaw-scopes': 'operator.admin' }
    const headers = { ...REMOTE, ...bearer(one.token), ...scopes }
    expect((await ask(one.token, '/api/v1/config', { headers })).status).toBe(403)
    const login = await at.gateway.ask({
      method: 'POST',
      path: '/api/v1/session',
      headers: { ...REMOTE, origin: `http://127.0.0.1:${at.gateway.port}` },
      body: { secret: one.token },
    })
    expect(login.status).toBe(401)
  })

  it('what was not approved is not held, and a node’s token does nothing at all', async () => {
    const pairer = await paired(at.gateway.port, { ...fresh(), scopes: ['operator.pairing'] })
    expect(await scopesAt(pairer.token)).toEqual([])
    expect((await ask(pairer.token, '/api/v1/status')).status).toBe(403)
    const node = await paired(at.gateway.port, { ...fresh(), role: 'node', scopes: [] })
    expect(await scopesAt(node.token)).toEqual([])
    expect((await ask(node.token, '/api/v1/status')).status).toBe(403)
  })

  it('one whose approval ends is worth nothing from then on', async () => {
    const ends = new Date(Date.now() + 1_500).toISOString()
    const one = await paired(at.gateway.port, { ...fresh(), expires: ends })
    const status = async () => (await ask(one.token, '/api/v1/whoami')).status
    const live = await admitted(at.gateway.port, returning(one))
    expect(await status()).toBe(200)
    // Cut off within a second of its end.
    expect((await live.closed).code).toBe(4001)
    expect(await status()).toBe(401)
  })

  it('R31: wrong ones are counted and lock their address, where the right one works on', async () => {
    const one = await paired(at.gateway.port, fresh())
    const source = fresh()
    const statusOf = async (token: string) =>
      (await at.gateway.ask({ ...source, headers: { ...REMOTE, ...bearer(token) } })).status
    const guesses = ['1', '2', '3', '4', '5', '6'].map((guess) => `ocd_${guess}`)
    const told: number[] = []
    for (const guess of guesses) told.push(await statusOf(guess))
    expect(told).toEqual([401, 401, 401, 401, 401, 429])
    expect(await statusOf(one.token)).toBe(200)
    expect(await statusOf('ocd_7')).toBe(429)
    const shared = ['a', 'b', 'c', 'd', 'e'].map((guess) => `guess-${guess}`)
    for (const guess of shared) await statusOf(guess)
    expect([await statusOf(TOKEN), await statusOf(one.token)]).toEqual([429, 200])
    const live = await admitted(at.gateway.port, { ...returning(one), ...source })
    await live.close()
  })
})

describe('R13: whoever rotates hears no token but their own', () => {
  it('R13: not even an administrator, over either surface', async () => {
    const one = await paired(at.gateway.port, fresh())
    const target = { deviceId: one.device.id, role: 'operator' }
    const who = await operator(at.gateway.port)
    const overSocket = await who.call('device.token.rotate', target)
    const overRest = await at.gateway.ask({
      method: 'POST',
      path: `/api/v1/devices/${one.device.id}/token/rotate`,
      headers: bearer(TOKEN),
      body: { role: 'operator' },
    })
    const next = tokenIn(await admitted(at.gateway.port, returning(one)))
    for (const answer of [JSON.stringify(overSocket), overRest.text]) {
      expect(answer).toContain('withheld-cross-device')
      expect(answer).not.toContain(next)
      expect(answer).not.toContain('ocd_')
    }
  })
})

it('R59: no token of a device, and no seed of one, is in the state dir where it should not be', async () => {
  const scopes = ['operator.read', 'operator.pairing']
  const one = await paired(at.gateway.port, { ...fresh(), scopes })
  const live = await admitted(at.gateway.port, returning(one))
  const target = { deviceId: one.device.id, role: 'operator' }
  const { payload } = await live.call('device.token.rotate', target)
  const tokens = [one.token, String(payload?.['token'])]
  await admitted(at.gateway.port, returning({ ...one, token: String(payload?.['token']) }))
  await ask(one.token, `/api/v1/whoami/${one.token}`)
  await refusal(at.gateway.port, {
    ...fresh(),
    params: { auth: { token: `${one.token}x` } },
    headers: REMOTE,
  })
  const { dir, port, output } = at.gateway
  await at.gateway.stop()

  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
  for (const path of files)
    for (const token of tokens)
      expect([path, readFileSync(path).includes(token)]).toEqual([path, false])
  const seeds = seedsIn(join(dir, 'store.sqlite'))
  expect(seeds.length).toBeGreaterThan(4)
  const readable = files.filter((path) => !path.includes('store.sqlite'))
  const told = [...readable.map((path) => readFileSync(path, 'utf8')), output()].join('\n')
  expect(seeds.filter((seed) => told.includes(seed))).toEqual([])
  expect(tokens.filter((token) => output().includes(token))).toEqual([])
  at.gateway = await startGateway({ dir, args: ['--port', String(port)] })
})

const row = z.object({ document: z.string() })

function seedsIn(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare('select document from devices').all()
  database.close()
  return rows.flatMap((one) =>
    [...row.parse(one).document.matchAll(/"seed":"([^"]+)"/g)].map(([, seed]) => seed ?? ''),
  )
}

/** Lessons about change: what a reload withdraws is withdrawn everywhere, and a split configuration explains itself. */
import { readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { admitted, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE, startGateway, type RunningGateway } from './gateway.ts'

const OLD = 'c0ffee11'.repeat(8)
const NEW = 'decade22'.repeat(8)
/** A reload takes a second at most (SPEC 1); a machine that runs other tests beside this one gets twice that. */
const DEADLINE_MS = 2_000
const at = { gateway: {} as RunningGateway }

beforeAll(async () => {
  at.gateway = await startGateway({ config: configWith(OLD) })
})
afterAll(async () => at.gateway.stop())

function configWith(token: string): object {
  return { gateway: { auth: { mode: 'token', token, rateLimit: { maxAttempts: 100 } } } }
}
function write(text: string): void {
  writeFileSync(join(at.gateway.dir, 'openclaw.json'), text)
}

/** HTTP status over one of the loopbacks. */
function statusAt(host: string, token: string): Promise<number> {
  return new Promise((done, fail) => {
    const { port } = at.gateway
    const headers = { ...REMOTE, ...bearer(token) }
    const request = httpRequest({ host, port, path: '/api/v1/whoami', headers }, (response) => {
      response.resume()
      response.on('end', () => done(response.statusCode ?? 0))
    })
    request.on('error', fail)
    request.end()
  })
}

/** Asks again until it is so; fails with what was last heard. */
async function until(probe: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const end = performance.now() + DEADLINE_MS
  for (;;) {
    const heard = await probe()
    if (heard === wanted) return
    if (performance.now() > end) expect(heard).toBe(wanted)
  }
}

async function connectOverSix(token: string): Promise<boolean> {
  const socket = new WebSocket(`ws://[::1]:${at.gateway.port}/`, { headers: REMOTE })
  const answer = await new Promise<string>((done, fail) => {
    socket.on('error', fail)
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (!text.includes('"event":"connect.challenge"')) return done(text)
      const client = { id: 'cli', version: '1', platform: 'linux', mode: 'cli' }
      const params = { minProtocol: 4, maxProtocol: 4, client, auth: { token } }
      socket.send(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }))
    })
  })
  socket.terminate()
  return answer.includes('"hello-ok"')
}

describe('R44: after a reload', () => {
  it('R44: the old token opens nothing: neither loopback, nor WebSockets, nor those that stood open', async () => {
    const live = await admitted(at.gateway.port, {
      headers: REMOTE,
      params: { auth: { token: OLD }, scopes: ['operator.read'] },
    })
    expect(await statusAt('127.0.0.1', OLD)).toBe(200)
    expect(await statusAt('::1', OLD)).toBe(200)
    expect(await connectOverSix(OLD)).toBe(true)

    write(JSON.stringify(configWith(NEW)))
    await until(() => statusAt('127.0.0.1', OLD), 401)
    // Swapped at once for all: no listener lags behind another one.
    expect(await statusAt('::1', OLD)).toBe(401)
    expect(await connectOverSix(OLD)).toBe(false)
    const refused = await refusal(at.gateway.port, {
      headers: REMOTE,
      params: { auth: { token: OLD } },
    })
    expect(refused.details?.['code']).toBe('AUTH_TOKEN_MISMATCH')
    expect(await live.closed).toMatchObject({ code: 4001 })

    expect(await statusAt('127.0.0.1', NEW)).toBe(200)
    expect(await statusAt('::1', NEW)).toBe(200)
    expect(await connectOverSix(NEW)).toBe(true)
  })

  it.each([
    ['cannot be read', '{ gateway: { auth: '],
    ['would not start', JSON.stringify({ gateway: { auth: { mode: 'password' } } })],
    ['R60: holds a redacted view', JSON.stringify(configWith('[redacted sha256:12345678]'))],
  ])('R44: a file that %s changes nothing and stays as it was written', async (_why, text) => {
    const said = () => at.gateway.output().split('is not applied, the old one stays').length
    const before = said()
    write(text)
    await until(async () => (await statusAt('::1', NEW)) === 200 && said() > before, true)
    expect(await statusAt('127.0.0.1', NEW)).toBe(200)
    expect(await statusAt('127.0.0.1', '[redacted sha256:12345678]')).toBe(401)
    expect(readFileSync(join(at.gateway.dir, 'openclaw.json'), 'utf8')).toBe(text)
  })
})

describe('R46: a token in two places', () => {
  const split = { gateway: {} as RunningGateway }
  beforeAll(async () => {
    const env = { OPENCLAW_GATEWAY_TOKEN: NEW }
    split.gateway = await startGateway({ config: configWith(OLD), env })
  })
  afterAll(async () => split.gateway.stop())

  it('R46: config explain names both, who won and who lost', () => {
    const { code, stdout } = split.gateway.cli(['config', 'explain', 'gateway.auth.token'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/won .*OPENCLAW_GATEWAY_TOKEN/)
    expect(stdout).toMatch(/lost .*openclaw\.json:1/)
    expect(stdout).not.toContain(OLD)
    expect(stdout).not.toContain(NEW)
    expect(split.gateway.output()).toContain('OPENCLAW_GATEWAY_TOKEN wins')
  })

  it('R46: the caller hears a category, the owner which credential failed and what to do', async () => {
    const { status, json, text } = await split.gateway.ask({
      headers: { ...REMOTE, ...bearer(OLD) },
    })
    expect([status, json]).toMatchObject([401, { error: { code: 'unauthorized' } }])
    expect(text).not.toMatch(/token|password|bearer|mismatch/i)
    const id = /"requestId":"([^"]+)"/.exec(text)?.[1] ?? ''
    const why = split.gateway.cli(['auth', 'why', id])
    expect(why.code).toBe(0)
    expect(why.stdout).toMatch(/token_mismatch, hmac:[0-9a-f]{8} from authorization: bearer/)
    expect(why.stdout).toContain('openclaw config explain gateway.auth.token')
    expect(why.stdout).not.toContain(OLD)
  })
})

import { describe, expect, it } from 'vitest'
import { NOW, testContext } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'
import { HELLO } from './stand-in.fixture.ts'

closeGatewaysAfterEach()

const STATUS = {
  version: '0.1.0',
  pid: 42,
  startedAt: NOW - 60_000,
  uptimeMs: 60_000,
  listening: [
    { listener: 'tcp', address: '127.0.0.1', port: 18789 },
    { listener: 'tcp', address: '::1', port: 18789 },
    { listener: 'owner', address: '/s/gateway.sock', port: null },
  ],
  bind: 'loopback',
  recordWritable: true,
  connections: 2,
  agents: ['main'],
  auth: {
    mode: 'token',
    allowLocalDirect: true,
    secrets: [
      { setting: 'gateway.auth.token', source: 'openclaw.json:4', fingerprint: 'sha256:1a2b3c4d' },
    ],
  },
  configPath: '/s/openclaw.json',
  stateDir: '/s',
  configError: null,
  warnings: [],
}

describe('status', () => {
  it.each(['status', 'gateway status'])(
    '%s says where it listens, the mode, and where each secret came from',
    async (name) => {
      const { openclaw } = await gateway({ status: STATUS })
      const { code, out, err } = await openclaw(...name.split(' '))
      expect([code, err]).toEqual([0, ''])
      for (const words of [
        '127.0.0.1:18789',
        '[::1]:18789',
        'token',
        'gateway.auth.token sha256:1a2b3c4d from openclaw.json:4',
        'pid 42',
      ]) {
        expect(out).toContain(words)
      }
      expect(JSON.parse((await openclaw(...name.split(' '), '--json')).out)).toMatchObject({
        running: true,
        auth: { mode: 'token' },
      })
    },
  )

  it('shows what an administrator must do something about', async () => {
    const trouble = {
      ...STATUS,
      recordWritable: false,
      configError: 'openclaw.json:3: no',
      warnings: ['the token is short'],
    }
    const { out } = await (await gateway({ status: trouble })).openclaw('status')
    for (const words of ['changes are refused', 'openclaw.json:3', 'the token is short'])
      expect(out).toContain(words)
  })

  it('says what a narrower credential may not see', async () => {
    const { auth: _auth, configPath: _path, stateDir: _dir, ...narrow } = STATUS
    const { out } = await (await gateway({ status: narrow })).openclaw('status')
    expect(out).toContain('shown to administrators only')
  })

  it('tells a stuck gateway from one that does not run', async () => {
    const { context, written } = testContext({ gatewayInfo: async () => ({ pid: 42 }) })
    expect(await run(['status', '--json'], context)).toBe(1)
    expect(JSON.parse(written.out)).toMatchObject({ running: false })
    expect(written.err).toMatch(/pid 42\) holds the state dir but is unreachable/)
  })
})

describe('health', () => {
  it.each([
    [true, 0],
    [false, 1],
  ])('ok: %j exits %d', async (ok, code) => {
    expect((await (await gateway({ health: { ok } })).openclaw('health')).code).toBe(code)
  })

  it('--probe looks now', async () => {
    const { openclaw, server } = await gateway({ health: { ok: true } })
    expect((await openclaw('health', '--probe')).code).toBe(0)
    expect(server.received).toEqual([{ method: 'health', params: { probe: true } }])
  })
})

describe('gateway stop', () => {
  it('returns when the gateway is gone', async () => {
    const state = { lookups: 0 }
    const held: Parts['gatewayInfo'] = async () => ((state.lookups += 1) < 3 ? { pid: 42 } : null)
    const { openclaw, server } = await gateway(
      { 'gateway.stop': { pid: 42 }, health: { ok: true } },
      { gatewayInfo: held },
    )
    const stopped = openclaw('gateway', 'stop')
    await expect.poll(() => server.received.length).toBeGreaterThan(1)
    await server.close()
    expect(await stopped).toMatchObject({ code: 0, out: 'the gateway (pid 42) has stopped\n' })
    expect(state.lookups).toBe(3)
  })

  it('says why the gateway refused', async () => {
    const error = {
      code: 'FORBIDDEN',
      message: 'missing scope: operator.admin',
      details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin', recordId: 'r-1' },
    }
    const { openclaw } = await gateway({ 'gateway.stop': () => ({ error }) })
    expect(await openclaw('gateway', 'stop')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/operator\.admin.*auth why r-1/),
    })
  })

  it('ends a gateway that answers nobody by its process', async () => {
    const { spawn } = await import('node:child_process')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await new Promise((started) => child.once('spawn', started))
    const ended = new Promise((done) => child.once('exit', (_code, signal) => done(signal)))
    const gatewayInfo: Parts['gatewayInfo'] = async () =>
      child.signalCode === null ? { pid: child.pid ?? null } : null
    const { context, written } = testContext({ gatewayInfo })
    expect(await run(['gateway', 'stop'], context)).toBe(0)
    expect(await ended).toBe('SIGTERM')
    expect(written.out).toContain('has stopped')
  })

  it.each([
    [null, 'has not said which process'],
    [2 ** 22 + 7, 'cannot be reached from here'],
  ])('says what to do about process %j', async (pid, words) => {
    const { context, written } = testContext({ gatewayInfo: async () => ({ pid }) })
    expect(await run(['gateway', 'stop'], context)).toBe(1)
    expect(written.err).toContain(words)
  })
})

describe('gateway restart', () => {
  it('returns when another run of the gateway is ready', async () => {
    const state = { asked: false, ready: 0 }
    const starting = { code: 'UNAVAILABLE', message: 'gateway starting; retry shortly' }
    const { openclaw } = await gateway(
      {
        status: () => ({
          payload: { ...STATUS, startedAt: state.ready >= 3 ? NOW : STATUS.startedAt },
        }),
        'gateway.restart': () => {
          state.asked = true
          return { payload: { ok: true } }
        },
      },
      {},
      {
        onConnect: () =>
          state.asked && (state.ready += 1) < 3 ? { error: starting } : { payload: HELLO },
      },
    )
    expect(await openclaw('gateway', 'restart')).toMatchObject({
      code: 0,
      out: 'the gateway is ready again\n',
    })
    expect(state.ready).toBe(3)
  })

  it('passes on that it cannot start itself again', async () => {
    const error = { code: 'INVALID_REQUEST', message: 'stop it and start it as you did' }
    const { openclaw } = await gateway({
      status: STATUS,
      'gateway.restart': () => ({ error }),
    })
    expect(await openclaw('gateway', 'restart')).toMatchObject({
      code: 1,
      err: expect.stringContaining('start it as you did'),
    })
  })
})

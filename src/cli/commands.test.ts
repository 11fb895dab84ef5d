import { afterEach, describe, expect, it } from 'vitest'
import { NOW, testContext } from './context.fixture.ts'
import type { Parts, RecordLine, RecordQuery } from './parts.ts'
import { run } from './run.ts'
import { standIn, type Received, type Reply, type StandIn } from './stand-in.fixture.ts'

const open: StandIn[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

type Answers = Readonly<Record<string, object | ((request: Received) => Reply)>>

/** A gateway on a socket that knows these routes: `GET /api/v1/status`. */
async function gateway(answers: Answers, parts: Partial<Parts> = {}) {
  const server = await standIn('socket', (request) => {
    const answer = answers[`${request.method} ${request.path}`]
    if (answer === undefined)
      return { status: 404, body: { error: { code: 'unknown_operation', message: request.path } } }
    return typeof answer === 'function' ? answer(request) : { body: answer }
  })
  open.push(server)
  const openclaw = async (...words: string[]) => {
    const { context, written } = testContext({
      ownerSocket: async () => server.socketPath,
      ...parts,
    })
    return { code: await run(words, context), ...written }
  }
  return { server, openclaw }
}

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
      const { openclaw } = await gateway({ 'GET /api/v1/status': STATUS })
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
    const { out } = await (await gateway({ 'GET /api/v1/status': trouble })).openclaw('status')
    for (const words of ['changes are refused', 'openclaw.json:3', 'the token is short'])
      expect(out).toContain(words)
  })

  it('says what a narrower credential may not see', async () => {
    const { auth: _auth, configPath: _path, stateDir: _dir, ...narrow } = STATUS
    const { out } = await (await gateway({ 'GET /api/v1/status': narrow })).openclaw('status')
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
    expect((await (await gateway({ 'GET /api/v1/health': { ok } })).openclaw('health')).code).toBe(
      code,
    )
  })

  it('--probe looks now', async () => {
    const { openclaw, server } = await gateway({ 'GET /api/v1/health?probe=true': { ok: true } })
    expect((await openclaw('health', '--probe')).code).toBe(0)
    expect(server.received).toHaveLength(1)
  })
})

describe('gateway stop', () => {
  it('returns when the gateway is gone', async () => {
    const state = { lookups: 0 }
    const held: Parts['gatewayInfo'] = async () => ((state.lookups += 1) < 3 ? { pid: 42 } : null)
    const { openclaw, server } = await gateway(
      { 'POST /api/v1/gateway/stop': { pid: 42 } },
      { gatewayInfo: held },
    )
    const stopped = openclaw('gateway', 'stop')
    await expect.poll(() => server.received.length).toBeGreaterThan(1)
    await server.close()
    expect(await stopped).toMatchObject({ code: 0, out: 'the gateway (pid 42) has stopped\n' })
    expect(state.lookups).toBe(3)
  })

  it('says why the gateway refused', async () => {
    const refusal = () => ({
      status: 403,
      body: {
        error: {
          code: 'missing_scope',
          message: 'missing scope: operator.admin',
          requestId: 'r-1',
        },
      },
    })
    const { openclaw } = await gateway({ 'POST /api/v1/gateway/stop': refusal })
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
    const { openclaw } = await gateway({
      'GET /api/v1/status': () => ({
        body: { ...STATUS, startedAt: state.asked ? NOW : STATUS.startedAt },
      }),
      'POST /api/v1/gateway/restart': () => {
        state.asked = true
        return { body: { ok: true } }
      },
      'GET /readyz': () =>
        (state.ready += 1) < 3
          ? { status: 503, body: { ready: false } }
          : { body: { ready: true } },
    })
    expect(await openclaw('gateway', 'restart')).toMatchObject({
      code: 0,
      out: 'the gateway is ready again\n',
    })
    expect(state.ready).toBe(3)
  })

  it('passes on that it cannot start itself again', async () => {
    const refusal = () => ({
      status: 400,
      body: { error: { code: 'invalid_input', message: 'stop it and start it as you did' } },
    })
    const { openclaw } = await gateway({
      'GET /api/v1/status': STATUS,
      'POST /api/v1/gateway/restart': refusal,
    })
    expect(await openclaw('gateway', 'restart')).toMatchObject({
      code: 1,
      err: expect.stringContaining('start it as you did'),
    })
  })
})

describe('rotation', () => {
  it('rotate prints the token alone on standard output, and what to do beside it', async () => {
    const rotated = {
      token: 'f'.repeat(64),
      fingerprint: 'sha256:bbbbbbbb',
      previous: 'sha256:aaaaaaaa',
    }
    const { openclaw } = await gateway({ 'POST /api/v1/token/rotate': rotated })
    const { code, out, err } = await openclaw('token', 'rotate')
    expect([code, out]).toEqual([0, `${'f'.repeat(64)}\n`])
    expect(err).toMatch(/sha256:bbbbbbbb[\s\S]*token promote/)
    expect(err).not.toContain(rotated.token)
    expect(JSON.parse((await openclaw('token', 'rotate', '--json')).out)).toEqual(rotated)
  })

  it('status lists who used what, and what comes next', async () => {
    const slot = (fingerprint: string) => ({
      fingerprint,
      source: 'openclaw.json',
      lastUsedAt: null,
    })
    const client = {
      address: '192.0.2.1',
      principal: 'shared:token',
      client: 'researcher',
      lastUsedAt: NOW,
      uses: 3,
      connected: true,
    }
    const state = {
      mode: 'token',
      primary: slot('sha256:aaaaaaaa'),
      secondary: slot('sha256:bbbbbbbb'),
      clients: [{ ...client, fingerprint: 'sha256:aaaaaaaa' }],
      rotation: { running: true, stragglers: 1, ready: false },
    }
    const { out } = await (
      await gateway({ 'GET /api/v1/token': state })
    ).openclaw('token', 'status')
    expect(out).toMatch(/192\.0\.2\.1 +researcher +sha256:aaaaaaaa \(old\) +connected now/)
    expect(out).toContain('1 client(s) used the old token')
    const none = { ...state, mode: 'password', primary: null, secondary: null, clients: [] }
    expect(
      (await (await gateway({ 'GET /api/v1/token': none })).openclaw('token', 'status')).out,
    ).toContain('the mode is password')
  })

  it('promote offers to revoke what the old token made, and passes --force on', async () => {
    const promoted = {
      promoted: 'sha256:bbbbbbbb',
      dropped: 'sha256:aaaaaaaa',
      stragglers: [{ address: '192.0.2.1', client: '' }],
      created: [
        {
          kind: 'api-key',
          id: 'ci',
          name: 'CI',
          createdAt: NOW,
          revoke: 'openclaw api-keys revoke ci',
        },
      ],
    }
    const { openclaw, server } = await gateway({ 'POST /api/v1/token/promote': promoted })
    const { code, out } = await openclaw('token', 'promote', '--force')
    expect(code).toBe(0)
    for (const words of ['no longer valid', 'cut off: 192.0.2.1', 'openclaw api-keys revoke ci'])
      expect(out).toContain(words)
    expect(server.received[0]?.body).toEqual({ force: true })
  })
})

describe('R67: dashboard', () => {
  it('prints a link, says that it works once, and starts no program that would show it to others', async () => {
    const link = { url: 'http://127.0.0.1:18789/#login=abc', expiresAt: NOW + 600_000 }
    const { openclaw } = await gateway({ 'POST /api/v1/login-links': link })
    expect(await openclaw('dashboard')).toEqual({
      code: 0,
      out: `${link.url}\n`,
      err: expect.stringContaining('It works once, for 10m'),
    })
    expect(JSON.parse((await openclaw('dashboard', '--json', '--no-open')).out)).toEqual(link)
  })

  it('says why there is none', async () => {
    const { context, written } = testContext()
    expect(await run(['dashboard'], context)).toBe(1)
    expect(written.err).toContain('openclaw gateway')
  })
})

describe('agent', () => {
  it('prints the answer, free of what a terminal obeys', async () => {
    const { openclaw, server } = await gateway({
      'POST /api/v1/agents/main/messages': {
        reply: 'hello\n\u001b[2Jyou',
        sessionKey: 'agent:main:main',
      },
    })
    expect(await openclaw('agent', '--message', '/whoami')).toEqual({
      code: 0,
      out: 'hello\n?[2Jyou\n',
      err: '',
    })
    expect(server.received[0]?.body).toEqual({ message: '/whoami' })
    expect(JSON.parse((await openclaw('agent', '--message', 'x', '--json')).out)).toMatchObject({
      sessionKey: 'agent:main:main',
    })
  })

  it('an agent’s id is one segment of the path, whatever stands in it', async () => {
    const { openclaw, server } = await gateway({})
    await openclaw('agent', '--message', 'x', '--agent', '../../token/rotate', '--session', 's')
    expect(server.received[0]).toMatchObject({
      path: '/api/v1/agents/..%2F..%2Ftoken%2Frotate/messages',
      body: { message: 'x', sessionKey: 's' },
    })
  })
})

describe('lockouts', () => {
  it('lists and clears', async () => {
    const locks = {
      lockouts: [
        {
          address: '203.0.113.9',
          class: 'shared',
          until: '2026-11-20T12:05:00.000Z',
          retryAfterMs: 1,
        },
      ],
    }
    const { openclaw } = await gateway({
      'GET /api/v1/lockouts': locks,
      'DELETE /api/v1/lockouts?address=2001%3Adb8%3A%3A%2F64': { cleared: 1 },
      'DELETE /api/v1/lockouts': { cleared: 0 },
    })
    expect((await openclaw('lockouts', 'list')).out).toMatch(
      /203\.0\.113\.9 +shared +2026-11-20 \d\d:05:00/,
    )
    expect((await openclaw('lockouts', 'clear', '2001:db8::/64')).out).toBe('1 lock(s) cleared\n')
    expect((await openclaw('lockouts', 'clear')).out).toBe('nothing was locked\n')
  })

  it('says that nobody is locked out', async () => {
    expect(
      (
        await (
          await gateway({ 'GET /api/v1/lockouts': { lockouts: [] } })
        ).openclaw('lockouts', 'list')
      ).out,
    ).toContain('no address')
  })
})

describe('api-keys', () => {
  const made = { id: 'ci', key: 'sk-0123', name: 'CI', expiresAt: null }

  it('go through the gateway while it runs, and never past it', async () => {
    const { openclaw, server } = await gateway({
      'POST /api/v1/api-keys': made,
      'POST /api/v1/api-keys/ci/rotate': made,
      'DELETE /api/v1/api-keys/ci': { id: 'ci' },
      'GET /api/v1/api-keys': { keys: [] },
    })
    const created = await openclaw(
      'api-keys',
      'create',
      '--name',
      'CI',
      '--permissions',
      'read, write',
      '--expires',
      '30d',
      '--rate-limit',
      '5',
    )
    expect(created).toMatchObject({
      code: 0,
      out: 'sk-0123\n',
      err: expect.stringContaining('openclaw api-keys revoke ci'),
    })
    expect(server.received[0]?.body).toEqual({
      name: 'CI',
      permissions: ['read', 'write'],
      expires: '30d',
      rateLimit: 5,
    })
    expect((await openclaw('api-keys', 'rotate', 'ci')).out).toBe('sk-0123\n')
    expect((await openclaw('api-keys', 'revoke', 'ci')).out).toBe('the key ci is no longer valid\n')
    expect((await openclaw('api-keys', 'list')).out).toContain('there are no API keys')
  })

  it('are left alone while a gateway that does not answer holds the state dir', async () => {
    const keyFile: Parts['keyFile'] = async () => expect.unreachable()
    const { context } = testContext({ keyFile, gatewayInfo: async () => ({ pid: 42 }) })
    expect(await run(['api-keys', 'list'], context)).toBe(1)
  })

  it.each([
    [[], /--name is missing/],
    [['--name', ' '], /--name is missing/],
    [['--name', 'x', '--permissions', 'admin'], /read, write, execute-actions/],
    [['--name', 'x', '--permissions', ''], /read, write, execute-actions/],
    [['--name', 'x', '--expires', 'soon'], /--expires/],
    [['--name', 'x', '--rate-limit', '0'], /--rate-limit/],
  ])('create %j is used wrongly', async (words, message) => {
    const { context, written } = testContext()
    expect(await run(['api-keys', 'create', ...words], context)).toBe(2)
    expect(written.err).toMatch(message)
  })
})

describe('auth', () => {
  const explained = {
    outcome: 'refused',
    status: 401,
    code: 'token_mismatch',
    fix: 'Compare the fingerprint.',
    principal: null,
    method: null,
    clientAddress: '203.0.113.9',
    operation: 'whoami',
    trace: [{ step: 'token', verdict: 'reject', reason: 'token_mismatch', detail: 'hmac:1' }],
  }

  it('explain sends the request in words and prints what became of it', async () => {
    const { openclaw, server } = await gateway({ 'POST /api/v1/auth/explain': explained })
    const { code, out } = await openclaw(
      'auth',
      'explain',
      '--peer',
      '10.0.0.1',
      '--header',
      'X-Forwarded-For: 203.0.113.9',
      '--header',
      'A: b',
      '--bearer',
      'guess',
      '--origin',
      'https://x.test',
    )
    expect(code).toBe(0)
    expect(server.received[0]?.body).toEqual({
      method: 'GET',
      path: '/api/v1/whoami',
      peer: '10.0.0.1',
      headers: [
        'Host: localhost',
        'Authorization: Bearer guess',
        'Origin: https://x.test',
        'X-Forwarded-For: 203.0.113.9',
        'A: b',
      ],
    })
    for (const words of [
      'refused: HTTP 401',
      '203.0.113.9',
      'reject   token_mismatch: hmac:1',
      'next: Compare',
    ])
      expect(out).toContain(words)
    expect(out).not.toContain('guess')
  })

  it('explain takes the Host header as it is given', async () => {
    const { openclaw, server } = await gateway({ 'POST /api/v1/auth/explain': explained })
    await openclaw('auth', 'explain', '--header', 'host: evil.test')
    await openclaw('auth', 'explain', '--host', 'evil.test')
    expect(server.received.map(({ body }) => body)).toMatchObject([
      { headers: ['host: evil.test'] },
      { headers: ['Host: evil.test'] },
    ])
  })

  const recordOf = (answers: ({ text: string; value: object } | null)[]): Partial<Parts> => {
    const files = {
      list: async () => [],
      async *follow() {},
      verify: () => expect.unreachable(),
      find: async () => answers.shift() ?? null,
    }
    return { record: async () => files }
  }

  it('why prints what the record says, also of a request that is only just being written', async () => {
    const found = { text: 'Request r-1 was refused', value: { entry: {} } }
    const { context, written } = testContext(
      { ...recordOf([null, null, found]), gatewayInfo: async () => ({ pid: 42 }) },
      { now: Date.now },
    )
    expect(await run(['auth', 'why', 'r-1'], context)).toBe(0)
    expect(written.out).toBe('Request r-1 was refused\n')
  })

  it('why asks the remote gateway where one is meant', async () => {
    const remote = await standIn('port', () => ({
      body: { entry: {}, text: 'Request r-1 was allowed' },
    }))
    open.push(remote)
    const { context, written } = testContext()
    expect(
      await run(['auth', 'why', 'r-1', '--url', `http://127.0.0.1:${remote.port}`], context),
    ).toBe(0)
    expect([remote.received[0]?.path, written.out]).toEqual([
      '/api/v1/record/r-1',
      'Request r-1 was allowed\n',
    ])
  })

  it('why refuses what is no id', async () => {
    const { context } = testContext()
    expect(await run(['auth', 'why', '../../etc/passwd'], context)).toBe(2)
  })
})

describe('logs', () => {
  const request: RecordLine = {
    sequence: 1,
    entry: {
      kind: 'request',
      at: NOW,
      outcome: 'refused',
      code: 'token_mismatch',
      operation: 'whoami',
      principal: null,
      client: '203.0.113.9\u001b[2J',
      peer: '127.0.0.1',
      requestId: 'r-1',
    },
  }
  const others = ['closed', 'note', 'folded', 'summary', 'of-a-later-version'].map(
    (kind, sequence): RecordLine => ({
      sequence,
      entry: { kind, at: NOW, event: 'gateway.start', count: 3 },
    }),
  )

  async function logs(words: readonly string[], lines: readonly RecordLine[] = [request]) {
    const asked: (RecordQuery & { readonly limit: number })[] = []
    const record: Parts['record'] = async () => ({
      list: async (query) => {
        asked.push(query)
        return lines
      },
      async *follow() {
        yield request
      },
      find: async () => null,
      verify: async () => ({
        kind: 'broken',
        file: '1.jsonl',
        line: 3,
        sequence: 9,
        what: 'the line is not one of ours',
      }),
    })
    const { context, written } = testContext({ record })
    return { code: await run(['logs', ...words], context), asked, ...written }
  }

  it('prints a line an entry, and passes the filter on', async () => {
    const { out, asked } = await logs([
      'auth',
      '--since',
      '1h',
      '--client',
      '203.0.113.9',
      '--limit',
      '5',
    ])
    expect(out).toMatch(
      /^2026-11-20 \d\d:00:00 refused token_mismatch whoami from 203\.0\.113\.9\?\[2J through 127\.0\.0\.1 request=r-1\n$/,
    )
    expect(asked).toEqual([
      { kind: 'auth', since: NOW - 3_600_000, client: '203.0.113.9', limit: 5 },
    ])
  })

  it('prints every kind of entry, known or not, on one line each', async () => {
    const { out } = await logs([], others)
    expect(out.trim().split('\n')).toHaveLength(others.length)
  })

  it('--json prints one object a line; --follow goes on', async () => {
    const { out } = await logs(['--json', '--follow'])
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([request, request])
  })

  it.each([[['--since', 'yesterday']], [['--limit', '0']]])('%j is used wrongly', async (words) => {
    expect((await logs(words)).code).toBe(2)
  })

  it('verify names the place, exit 1', async () => {
    const { code, err } = await logs(['verify'])
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('records/1.jsonl:3: the line is not one of ours'),
    ])
    expect(JSON.parse((await logs(['verify', '--json'])).out)).toMatchObject({
      kind: 'broken',
      line: 3,
    })
  })
})

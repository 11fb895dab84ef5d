import { spawn } from 'node:child_process'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Secret } from '../core/secret.ts'
import { ask, type Answer } from './client.ts'
import { SETTINGS, testContext } from './context.fixture.ts'
import { noAnswerInWords, reportNoAnswer } from './no-answer.ts'
import type { ClientSettings, Parts } from './parts.ts'
import { standIn, type Reply, type StandIn, type StandInOptions } from './stand-in.fixture.ts'
import type { Arguments } from './types.ts'

const TOKEN = 'tok-0123456789abcdef0123456789abcdef'
const GIVEN = 'tok-given-on-the-command-line-abcdef'
const shape = z.looseObject({ ok: z.boolean() })
const well = (): Reply => ({ payload: { ok: true } })
const open: StandIn[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function server(
  on: 'socket' | 'port',
  answer: Parameters<typeof standIn>[1] = well,
  options: StandInOptions = {},
): Promise<StandIn> {
  const made = await standIn(on, answer, options)
  open.push(made)
  return made
}

const withSettings = (settings: Partial<ClientSettings>): Partial<Parts> => ({
  settings: async () => ({ kind: 'settings', settings: { ...SETTINGS, ...settings } }),
})
const onSocket = ({ socketPath }: StandIn): Partial<Parts> => ({
  ownerSocket: async () => socketPath,
})

function question(
  parts: Partial<Parts>,
  options: Arguments['options'] = {},
  question = {},
): Promise<Answer<{ ok: boolean }>> {
  const { context } = testContext(parts)
  return ask(
    { method: 'health', params: {}, shape, ...question },
    { positionals: [], options },
    context,
  )
}

describe('asking the gateway', () => {
  it('goes to the owner’s socket first, without any credential', async () => {
    const [owner, port] = [await server('socket'), await server('port')]
    const answer = await question({
      ...onSocket(owner),
      ...withSettings({ port: port.port, credential: new Secret(TOKEN) }),
    })
    expect(answer).toMatchObject({ kind: 'answered', value: { ok: true } })
    expect(owner.received).toEqual([{ method: 'health', params: {} }])
    expect(owner.connects).toMatchObject([{ path: '/', headers: { host: 'localhost' } }])
    expect(owner.connects[0]?.auth).toBeUndefined()
    expect(JSON.stringify(owner.connects)).not.toContain(TOKEN)
    expect(port.connects).toEqual([])
  })

  it('says who it is, and asks to be allowed what its question needs and no more', async () => {
    const owner = await server('socket')
    await question(onSocket(owner))
    await question(onSocket(owner), {}, { method: 'status' })
    await question(onSocket(owner), {}, { method: 'lockouts.list' })
    const [health, status, lockouts] = owner.connects
    expect(health).toMatchObject({
      minProtocol: 4,
      maxProtocol: 4,
      client: { id: 'cli', mode: 'cli', version: '1.2.3', platform: process.platform },
      role: 'operator',
    })
    expect([health?.scopes, status?.scopes, lockouts?.scopes]).toEqual([
      [],
      ['operator.read', 'operator.admin'],
      ['operator.admin'],
    ])
    expect(owner.connects.map(({ device }) => device)).toEqual([undefined, undefined, undefined])
  })

  it.each(['with a blank', 'with:a-colon', 'with%20#?ü'])(
    'reaches a socket in a folder %s',
    async (name) => {
      const owner = await server('socket')
      const folder = join(dirname(owner.socketPath), name)
      await mkdir(folder)
      const path = join(folder, 'gateway.sock')
      await rename(owner.socketPath, path)
      expect((await question({ ownerSocket: async () => path })).kind).toBe('answered')
    },
  )

  it('leaves no connection behind, answered or not', async () => {
    const owner = await server('socket')
    await question(onSocket(owner))
    await expect.poll(() => owner.open()).toBe(0)
    const mute = await server('socket', () => 'hang')
    await question(onSocket(mute), {}, { timeoutMs: 50 })
    await expect.poll(() => mute.open()).toBe(0)
  })

  it('waits for the second of two answers', async () => {
    const accepted = { runId: 'r', status: 'accepted' }
    const owner = await server('socket', () => ({ accepted, payload: { ok: true } }))
    expect((await question(onSocket(owner), {}, { twice: true })).kind).toBe('answered')
    expect((await question(onSocket(owner))).kind).toBe('broken')
  })

  it('goes to the port with the configured secret where there is no socket', async () => {
    const port = await server('port')
    const answer = await question(withSettings({ port: port.port, credential: new Secret(TOKEN) }))
    expect(answer.kind).toBe('answered')
    expect(port.connects[0]?.auth).toEqual({ token: TOKEN })
  })

  it('takes a socket that nobody serves for no socket', async () => {
    const [gone, port] = [await server('socket'), await server('port')]
    await writeFile(`${gone.socketPath}.file`, '')
    const answer = await question({
      ownerSocket: async () => `${gone.socketPath}.file`,
      ...withSettings({ port: port.port }),
    })
    expect(answer.kind).toBe('answered')
  })

  it('uses the remote gateway in mode remote, and never this host’s', async () => {
    const [owner, remote] = [await server('socket'), await server('port')]
    const url = `ws://127.0.0.1:${remote.port}/base/`
    const parts = {
      ...onSocket(owner),
      ...withSettings({ remote: { url, credential: new Secret(TOKEN) } }),
    }
    expect((await question(parts)).kind).toBe('answered')
    expect(remote.connects).toMatchObject([{ path: '/base/', auth: { token: TOKEN } }])
    expect(owner.connects).toEqual([])
  })

  it('R39: a configured secret never goes to an address given with --url', async () => {
    const named = await server('port')
    const parts = withSettings({
      credential: new Secret(TOKEN),
      remote: { url: 'http://127.0.0.1:1', credential: new Secret(TOKEN) },
    })
    await question(parts, { url: `http://127.0.0.1:${named.port}` })
    expect(JSON.stringify(named.connects)).not.toContain(TOKEN)
    await question(parts, { url: `http://127.0.0.1:${named.port}`, token: GIVEN })
    expect(named.connects.map(({ auth }) => auth)).toEqual([undefined, { token: GIVEN }])
  })

  it('R39: a credential does not follow a redirect', async () => {
    const elsewhere = await server('port')
    const location = `http://127.0.0.1:${elsewhere.port}/`
    const named = await server('port', well, {
      http: (_request, response) => void response.writeHead(307, { location }).end(),
    })
    const answer = await question({}, { url: `http://127.0.0.1:${named.port}`, token: GIVEN })
    expect(answer).toMatchObject({ kind: 'broken', message: expect.stringContaining('HTTP 307') })
    expect(elsewhere.connects).toEqual([])
  })

  it('--token alone: is judged as that token’s bearer, not as the owner', async () => {
    const [owner, port] = [await server('socket'), await server('port')]
    await question({ ...onSocket(owner), ...withSettings({ port: port.port }) }, { token: GIVEN })
    expect(owner.connects).toEqual([])
    expect(port.connects[0]?.auth).toEqual({ token: GIVEN })
  })

  it.each([
    ['not-a-url', {}, 'must begin with'],
    ['ftp://gateway.test', {}, 'must begin with'],
    ['https://me:secret@gateway.test', {}, 'must not hold'],
    ['https://gateway.test/?token=x', {}, 'must not hold'],
    ['http://gateway.test', { token: GIVEN }, 'unencrypted'],
    ['ws://203.0.113.5:18789', { token: GIVEN }, 'unencrypted'],
  ])('refuses --url %s', async (url, options, message) => {
    const answer = await question({}, { url, ...options })
    expect(answer).toMatchObject({ kind: 'wrong', message: expect.stringContaining(message) })
    expect(JSON.stringify(answer)).not.toContain(GIVEN)
  })

  it.each(['', '   '])('refuses an empty --token', async (token) => {
    expect(await question({}, { token })).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('--token is empty'),
    })
  })

  it('sends params and secrets as they are, whatever is in them', async () => {
    const named = await server('port')
    const token = 'paßwort mit “quotes”'
    const params = { text: 'grüß dich\u0007' }
    const options = { url: `ws://127.0.0.1:${named.port}`, token }
    await question({}, options, { method: 'agent', params })
    expect(named.received).toEqual([{ method: 'agent', params }])
    expect(named.connects[0]?.auth).toEqual({ token })
  })
})

const IS_ROOT = process.platform === 'linux' && process.getuid?.() === 0

/** Somebody else's program on a port of this host; prints its port, then a word a request. */
async function strangersServer() {
  const code = `const s = require('node:http').createServer((q, r) => { console.log('asked'); r.end('{"ok":true}') })
    s.listen(0, '127.0.0.1', () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', code], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const first = new Promise<string>((ready) =>
    child.stdout.on('data', (chunk) => ready((lines.push(String(chunk)), String(chunk)))),
  )
  const port = Number(await first)
  return { port, lines, end: () => child.kill('SIGKILL') }
}

describe('another user’s program on the gateway’s port', () => {
  it.runIf(IS_ROOT)('gets no token', async () => {
    const stranger = await strangersServer()
    onTestFinished(() => void stranger.end())
    const answer = await question(
      withSettings({ port: stranger.port, credential: new Secret(TOKEN) }),
    )
    expect(answer).toMatchObject({ kind: 'broken', message: expect.stringContaining('uid 65534') })
    expect(stranger.lines).toHaveLength(1)
    expect(await question(withSettings({ port: stranger.port }))).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('is no gateway: HTTP 200'),
    })
    await expect.poll(() => stranger.lines.length).toBe(2)
  })
})

describe('when the gateway does not answer', () => {
  it('says that it is not running, what was tried and how to start it', async () => {
    const { context, written } = testContext()
    const answer = await question({})
    expect(answer.kind).toBe('not-running')
    if (answer.kind === 'answered') return
    expect(reportNoAnswer(answer, { positionals: [], options: {} }, context)).toBe(1)
    expect(written.err).toMatch(
      /^openclaw: the gateway is not running \(tried .*no-such-socket\.sock, http:\/\/127\.0\.0\.1:1\): start it with `openclaw gateway`\n$/,
    )
    expect(written.out).toBe('')
  })

  it('says so as JSON, too', async () => {
    const { context, written } = testContext()
    const answer = await question({})
    if (answer.kind === 'answered') return
    reportNoAnswer(answer, { positionals: [], options: { json: true } }, context)
    expect(JSON.parse(written.out)).toMatchObject({ error: { code: 'not-running' } })
  })

  it('tries the socket even where the configuration is broken, and then names what is broken', async () => {
    const broken: Partial<Parts> = {
      settings: async () => ({ kind: 'broken', message: 'openclaw.json:3: what is this' }),
    }
    const owner = await server('socket')
    expect((await question({ ...broken, ...onSocket(owner) })).kind).toBe('answered')
    const answer = await question(broken)
    expect(answer.kind === 'answered' ? '' : noAnswerInWords(answer)).toMatch(
      /^the gateway is not running \(tried .*\), and would not start: openclaw\.json:3: what is this\. Or let `openclaw recover` repair it$/,
    )
  })

  it('R46: shows under which id the record knows a refusal, and the command that explains it', async () => {
    const details = { code: 'AUTH_TOKEN_MISMATCH', recordId: 'abc-1' }
    const error = { code: 'INVALID_REQUEST', message: 'unauthorized: no', details }
    const port = await server('port', well, { onConnect: () => ({ error }) })
    const answer = await question(withSettings({ port: port.port, credential: new Secret(TOKEN) }))
    const words = answer.kind === 'answered' ? '' : noAnswerInWords(answer)
    expect(words).toBe(
      `the gateway at http://127.0.0.1:${port.port} refused (AUTH_TOKEN_MISMATCH): the secret in this host’s configuration is not its token or password: compare it with the one that it runs with; \`openclaw auth why abc-1\` explains it`,
    )
  })

  it('a method’s refusal, too', async () => {
    const error = { code: 'INVALID_REQUEST', message: 'no such id', details: { recordId: 'r-2' } }
    const owner = await server('socket', () => ({ error }))
    expect(await question(onSocket(owner))).toEqual({
      kind: 'refused',
      failed: false,
      code: 'INVALID_REQUEST',
      message: 'no such id',
      requestId: 'r-2',
      from: owner.socketPath,
    })
  })

  it('does not repeat a request id that is none', async () => {
    const details = { recordId: '$(rm -rf ~)' }
    const owner = await server('socket', () => ({ error: { code: 'X', message: 'no', details } }))
    const answer = await question(onSocket(owner))
    expect(answer).toMatchObject({ kind: 'refused', requestId: null })
  })

  it('shows a refusal of the upgrade itself as what it is', async () => {
    const error = {
      type: 'unavailable',
      code: 'too_many_connections',
      message: 'too many connections',
      requestId: 'r-3',
    }
    const owner = await server('socket', well, {
      http: (_request, response) => void response.writeHead(503).end(JSON.stringify({ error })),
    })
    expect(await question(onSocket(owner))).toMatchObject({
      kind: 'refused',
      failed: true,
      code: 'too_many_connections',
      requestId: 'r-3',
    })
  })

  const says = (status: number, text: string): StandInOptions => ({
    http: (_request, response) => void response.writeHead(status).end(text),
  })
  it.each([
    ['a page', well, says(200, '<html>')],
    ['an error without a message', well, says(500, 'Internal Server Error')],
    ['another shape', () => ({ payload: { ok: 'yes' } }), {}],
    ['another hello', well, { onConnect: () => ({ payload: { type: 'hello' } }) }],
    ['no hello at all', well, { onConnect: () => ({ payload: null }) }],
  ] as const)('recognises %s as no gateway of ours', async (_what, reply, options) => {
    const owner = await server('socket', reply, options)
    expect(await question(onSocket(owner))).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('no gateway'),
    })
  })

  it.each([
    ['hangs up on the question', () => 'close' as const, {}],
    ['hangs up on connect', well, { onConnect: () => 'close' as const }],
  ])('one that %s did not answer, and nobody else is asked', async (_what, reply, options) => {
    const [owner, port] = [await server('socket', reply, options), await server('port')]
    const answer = await question({ ...onSocket(owner), ...withSettings({ port: port.port }) })
    expect(answer).toMatchObject({
      kind: 'broken',
      message: `the gateway at ${owner.socketPath} did not answer: it closed the connection (1012 service restart)`,
    })
    expect(port.connects).toEqual([])
  })

  it.each([
    ['to the question', () => 'hang' as const, {}],
    ['to connect', well, { onConnect: () => 'hang' as const }],
    ['at all', well, { silent: true }],
  ])('gives up on one that says nothing %s', async (_what, reply, options) => {
    const owner = await server('socket', reply, options)
    expect(await question(onSocket(owner), {}, { timeoutMs: 50 })).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('no answer within 0.05 s'),
    })
  })

  it('gives up after the timeout, and does not ask anybody else: the request may have been taken', async () => {
    const [owner, port] = [await server('socket', () => 'hang'), await server('port')]
    const answer = await question(
      { ...onSocket(owner), ...withSettings({ port: port.port }) },
      {},
      { timeoutMs: 50 },
    )
    expect(answer).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('no answer within 0.05 s'),
    })
    expect(port.connects).toEqual([])
  })

  it.each(['0', '-1', 'soon', '1e3', '99999999'])('refuses --timeout %s', async (timeout) => {
    expect(await question({}, { timeout })).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('--timeout'),
    })
  })
})

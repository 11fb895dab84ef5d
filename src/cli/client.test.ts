import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Secret } from '../core/secret.ts'
import { ask, noAnswerInWords, reportNoAnswer, type Answer } from './client.ts'
import { SETTINGS, testContext } from './context.fixture.ts'
import type { ClientSettings, Parts } from './parts.ts'
import { standIn, type Reply, type StandIn } from './stand-in.fixture.ts'
import type { Arguments } from './types.ts'

const TOKEN = 'tok-0123456789abcdef0123456789abcdef'
const GIVEN = 'tok-given-on-the-command-line-abcdef'
const shape = z.looseObject({ ok: z.boolean() })
const well = (): Reply => ({ body: { ok: true } })
const open: StandIn[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function server(
  on: 'socket' | 'port',
  answer: Parameters<typeof standIn>[1] = well,
): Promise<StandIn> {
  const made = await standIn(on, answer)
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
    { method: 'GET', path: '/api/v1/health', shape, ...question },
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
    expect(owner.received).toHaveLength(1)
    expect(owner.received[0]).toMatchObject({
      path: '/api/v1/health',
      headers: { host: 'localhost' },
    })
    expect(owner.received[0]?.headers.authorization).toBeUndefined()
    expect(port.received).toEqual([])
  })

  it('goes to the port with the configured secret where there is no socket', async () => {
    const port = await server('port')
    const answer = await question(withSettings({ port: port.port, credential: new Secret(TOKEN) }))
    expect(answer.kind).toBe('answered')
    expect(port.received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
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
    expect(remote.received[0]).toMatchObject({
      path: '/base/api/v1/health',
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    expect(owner.received).toEqual([])
  })

  it('R39: a configured secret never goes to an address given with --url', async () => {
    const named = await server('port')
    const parts = withSettings({
      credential: new Secret(TOKEN),
      remote: { url: 'http://127.0.0.1:1', credential: new Secret(TOKEN) },
    })
    await question(parts, { url: `http://127.0.0.1:${named.port}` })
    expect(named.received[0]?.headers.authorization).toBeUndefined()
    await question(parts, { url: `http://127.0.0.1:${named.port}`, token: GIVEN })
    expect(named.received[1]?.headers.authorization).toBe(`Bearer ${GIVEN}`)
  })

  it('R39: a credential does not follow a redirect', async () => {
    const elsewhere = await server('port')
    const named = await server('port', () => ({
      status: 307,
      headers: { location: `http://127.0.0.1:${elsewhere.port}/` },
    }))
    const answer = await question({}, { url: `http://127.0.0.1:${named.port}`, token: GIVEN })
    expect(answer).toMatchObject({ kind: 'broken', message: expect.stringContaining('HTTP 307') })
    expect(elsewhere.received).toEqual([])
  })

  it('--token alone: is judged as that token’s bearer, not as the owner', async () => {
    const [owner, port] = [await server('socket'), await server('port')]
    await question({ ...onSocket(owner), ...withSettings({ port: port.port }) }, { token: GIVEN })
    expect(owner.received).toEqual([])
    expect(port.received[0]?.headers.authorization).toBe(`Bearer ${GIVEN}`)
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

  it('sends a body as JSON', async () => {
    const owner = await server('socket')
    await question(onSocket(owner), {}, { method: 'POST', body: { message: 'grüß dich' } })
    expect(owner.received[0]).toMatchObject({ method: 'POST', body: { message: 'grüß dich' } })
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
    const answer = await question(
      withSettings({ port: stranger.port, credential: new Secret(TOKEN) }),
    )
    expect(answer).toMatchObject({ kind: 'broken', message: expect.stringContaining('uid 65534') })
    expect(stranger.lines).toHaveLength(1)
    expect((await question(withSettings({ port: stranger.port }))).kind).toBe('answered')
    stranger.end()
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
    expect(answer.kind === 'answered' ? '' : noAnswerInWords(answer)).toContain('openclaw.json:3')
  })

  it('R46: shows the request id of a refusal and the command that explains it', async () => {
    const error = {
      type: 'unauthenticated',
      code: 'unauthorized',
      message: 'unauthorized',
      requestId: 'abc-1',
    }
    const owner = await server('socket', () => ({ status: 401, body: { error } }))
    const answer = await question(onSocket(owner))
    const words = answer.kind === 'answered' ? '' : noAnswerInWords(answer)
    expect(words).toContain(
      'refused (401 unauthorized): unauthorized; `openclaw auth why abc-1` explains it',
    )
  })

  it('does not repeat a request id that is none', async () => {
    const owner = await server('socket', () => ({
      status: 403,
      body: { error: { code: 'x', message: 'no', requestId: '$(rm -rf ~)' } },
    }))
    const answer = await question(onSocket(owner))
    expect(answer).toMatchObject({ kind: 'refused', requestId: null })
  })

  it.each([
    ['no JSON', { raw: '<html>' }],
    ['another shape', { body: { ok: 'yes' } }],
    ['an error without a message', { status: 500, raw: 'Internal Server Error' }],
  ])('recognises %s as no gateway of ours', async (_what, reply) => {
    const owner = await server('socket', () => reply)
    expect(await question(onSocket(owner))).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('no gateway'),
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
    expect(port.received).toEqual([])
  })

  it.each(['0', '-1', 'soon', '1e3', '99999999'])('refuses --timeout %s', async (timeout) => {
    expect(await question({}, { timeout })).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('--timeout'),
    })
  })
})

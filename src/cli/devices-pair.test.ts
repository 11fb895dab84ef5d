import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { awaitApproval } from './await-approval.ts'
import { NOW, testContext } from './context.fixture.ts'
import { run } from './run.ts'
import {
  HELLO,
  standIn,
  type Reply,
  type StandIn,
  type StandInOptions,
} from './stand-in.fixture.ts'

const TOKEN = 'tok-0123456789abcdef0123456789abcdef'
const DEVICE_TOKEN = 'ocd_operator-0123456789'
const SECRET = 'ocd_setup-0123456789'
const open: StandIn[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const refuse = (code: string, details: object = {}): Reply => ({
  error: { code: 'INVALID_REQUEST', message: 'no', details: { code, ...details } },
})
const operator = (scopes: readonly string[]) => ({
  role: 'operator',
  scopes,
  deviceToken: DEVICE_TOKEN,
})
const hello = (auth: object): Reply => ({ payload: { ...HELLO, auth } })

async function gateway(
  onConnect: NonNullable<StandInOptions['onConnect']>,
  list: object = { pending: [], paired: [] },
) {
  const answer = ({ method }: { readonly method: string }) => ({
    payload: method === 'device.pair.list' ? list : { ok: true },
  })
  const server = await standIn('port', answer, { onConnect })
  open.push(server)
  return { server, url: `http://127.0.0.1:${server.port}` }
}

function machine(env: Record<string, string> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'openclaw-pair-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const { context, written } = testContext({ stateDir: () => stateDir }, { env })
  return {
    context,
    tokens: () => readFileSync(join(stateDir, 'identity', 'gateway-tokens.json'), 'utf8'),
    files: () => readdirSync(stateDir),
    openclaw: async (...words: string[]) => {
      written.out = ''
      written.err = ''
      return { code: await run(words, context), ...written }
    },
  }
}

const codeFor = (...urls: string[]) =>
  Buffer.from(JSON.stringify({ url: urls[0], urls, bootstrapToken: SECRET })).toString('base64url')

describe('devices pair', () => {
  it('--no-wait: exit 1 with the request and what to type on the gateway’s host', async () => {
    const { url, server } = await gateway(() => refuse('PAIRING_REQUIRED', { requestId: 'p-1' }))
    const { openclaw } = machine()
    const words = ['devices', 'pair', '--url', url, '--token', TOKEN, '--no-wait']
    const { code, out, err } = await openclaw(...words)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('type `openclaw devices approve p-1`')
    expect(err).not.toContain(TOKEN)
    expect(server.connects[0]?.scopes).toHaveLength(6)
    expect(JSON.parse((await openclaw(...words, '--json')).out)).toEqual({
      paired: false,
      gateway: url,
      requestId: 'p-1',
    })
    expect((await openclaw(...words, '--scope', 'operator.read')).code).toBe(1)
    expect(server.connects.at(-1)?.scopes).toEqual(['operator.read'])
  })

  it('waits for the approval, and keeps the token', async () => {
    const state = { approved: false }
    const paired = { deviceId: '', tokens: [{ role: 'operator', scopes: ['operator.admin'] }] }
    const { url, server } = await gateway(
      ({ device, scopes }) => {
        if (device === undefined) {
          state.approved = true
          return { payload: HELLO }
        }
        paired.deviceId = String(device['id'])
        return state.approved
          ? hello(operator(scopes))
          : refuse('PAIRING_REQUIRED', { requestId: 'p-1' })
      },
      { pending: [], paired: [paired] },
    )
    const { openclaw, tokens } = machine()
    const { code, out, err } = await openclaw('devices', 'pair', '--url', url, '--token', TOKEN)
    expect([code, out]).toEqual([0, expect.stringContaining(`commands with --url ${url} need no`)])
    expect(err).toContain('openclaw devices approve p-1')
    expect(tokens()).toContain(DEVICE_TOKEN)
    expect((await openclaw('health', '--url', url)).code).toBe(0)
    expect(server.connects.at(-1)?.auth).toEqual({ deviceToken: DEVICE_TOKEN })
  })

  it.each([
    ['rejected', { payload: HELLO }, 'was rejected, or nobody decided in time'],
    ['not shown', refuse('MISSING_SCOPE'), 'cannot be seen from here'],
  ] as const)('whose request is %s ends, and does not ask again', async (_how, reply, words) => {
    const other = { deviceId: 'd-2', tokens: [{ role: 'operator', scopes: ['operator.admin'] }] }
    const { url, server } = await gateway(
      ({ device }) =>
        device === undefined ? reply : refuse('PAIRING_REQUIRED', { requestId: 'p-1' }),
      { pending: [], paired: [other] },
    )
    const { openclaw } = machine()
    const { code, err } = await openclaw('devices', 'pair', '--url', url, '--token', TOKEN)
    expect([code, err]).toEqual([1, expect.stringContaining(words)])
    expect(server.connects.filter(({ device }) => device !== undefined)).toHaveLength(1)
  })

  it('watches a request for as long as it waits, and no longer than any does', async () => {
    const request = { requestId: 'p-1', deviceId: 'd-1', role: 'operator', scopes: [] }
    const device = { deviceId: 'd-1', tokens: [{ role: 'operator', scopes: ['operator.write'] }] }
    const list = { pending: [request], paired: [{ ...device, tokens: [] }] }
    const { url, server } = await gateway(() => ({ payload: HELLO }), list)
    const waiting = { requestId: 'p-1', deviceId: 'd-1', scopes: ['operator.read'] } as const
    const args = { positionals: [], options: { url, token: TOKEN } }
    const { context } = machine()
    const seen = awaitApproval(waiting, args, { context, stepMs: 1 })
    await expect.poll(() => server.received.length).toBeGreaterThan(2)
    const hours = { now: NOW }
    const late = { ...context, now: () => (hours.now += 600_000) }
    expect(await awaitApproval(waiting, args, { context: late, stepMs: 1 })).toBe('over')
    Object.assign(list, { pending: [], paired: [device] })
    expect(await seen).toBe('approved')
    expect(server.connects.every((connect) => connect.device === undefined)).toBe(true)
  })
})

describe('devices pair by a setup code', () => {
  const both = hello({
    role: 'node',
    scopes: [],
    deviceToken: 'ocd_node',
    deviceTokens: [operator(['operator.read'])],
  })

  it('comes as the node that the code is for, and keeps what it gives an operator', async () => {
    const { url, server } = await gateway(() => both)
    const { openclaw, tokens } = machine({ OPENCLAW_SETUP_CODE: codeFor(url) })
    const { code, out, err } = await openclaw('devices', 'pair')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`paired with ${url}, for operator.read`)
    expect(server.connects[0]).toMatchObject({
      role: 'node',
      scopes: [],
      auth: { bootstrapToken: SECRET },
    })
    expect(JSON.parse(tokens())).toMatchObject({
      gateways: {
        [`ws://127.0.0.1:${server.port}`]: {
          node: { token: 'ocd_node' },
          operator: { token: DEVICE_TOKEN },
        },
      },
    })
    expect((await openclaw('status', '--url', url)).err).not.toContain('IDENTITY')
    expect(server.connects[1]).toMatchObject({ auth: { deviceToken: DEVICE_TOKEN } })
  })

  it('tries each address in it, and with --url that one alone', async () => {
    const { url } = await gateway(() => both)
    const { openclaw } = machine()
    const code = codeFor('http://127.0.0.1:1', url)
    const { err, ...ended } = await openclaw('devices', 'pair', '--code', `oc-pair://${code}`)
    expect(ended.code).toBe(0)
    expect(err).toContain('warning: what follows --code can be read')
    expect(err).toContain(
      'OPENCLAW_SETUP_CODE is safer, and `--code -` reads it from standard input',
    )
    expect(err).not.toContain(code)
    const alone = ['devices', 'pair', '--code', codeFor(url), '--url', 'http://127.0.0.1:1']
    expect((await openclaw(...alone)).code).toBe(1)
  })

  it.each([
    ['used up', refuse('AUTH_BOOTSTRAP_TOKEN_INVALID'), '`openclaw qr` on its host makes another'],
    [
      'for a node alone',
      hello({ role: 'node', scopes: [], deviceToken: 'ocd_node' }),
      '--access full or limited',
    ],
  ] as const)('says what to do about one that is %s', async (_what, reply, words) => {
    const { url } = await gateway(() => reply)
    const { code, err } = await machine().openclaw('devices', 'pair', '--code', codeFor(url))
    expect([code, err]).toEqual([1, expect.stringContaining(words)])
  })

  it('for a node alone leaves an operator’s token from before as it was, and does not boast of it', async () => {
    const later = { reply: both }
    const { url } = await gateway(() => later.reply)
    const { openclaw, tokens } = machine()
    const words = ['devices', 'pair', '--code', codeFor(url)]
    expect((await openclaw(...words)).code).toBe(0)
    later.reply = hello({ role: 'node', scopes: [], deviceToken: 'ocd_node-2' })
    const { code, out, err } = await openclaw(...words)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('not as an operator')
    expect(tokens()).toContain(DEVICE_TOKEN)
    expect(tokens()).toContain('ocd_node-2')
  })

  it('is shown at no open address before a safe one, and says which was left out', async () => {
    const [open, { url, server }] = [await gateway(() => both), await gateway(() => both)]
    // It leads to this host, and is none of the addresses that may carry a secret.
    const there = `0.0.0.0:${open.server.port}`
    const words = ['devices', 'pair', '--code', codeFor(`ws://${there}`, url)]
    const { code, err } = await machine().openclaw(...words)
    expect([code, err]).toEqual([0, expect.stringContaining(`warning: ${there} is left out`)])
    expect([open.server.connects.length, server.connects.length]).toEqual([0, 1])

    const gone = codeFor(`ws://${there}`, 'wss://127.0.0.1:1', 'ws://127.0.0.1:2')
    const { openclaw, files } = machine()
    const ended = await openclaw('devices', 'pair', '--code', gone, '--json')
    expect([ended.code, JSON.parse(ended.out)]).toMatchObject([
      1,
      { error: { code: 'not-running' } },
    ])
    expect(ended.err).toContain('tried https://127.0.0.1:1, http://127.0.0.1:2')
    expect([open.server.connects, files()]).toEqual([[], []])
  })

  it('shows none where anybody on the way could listen, and makes no identity for that', async () => {
    const { openclaw, files } = machine()
    const words = ['devices', 'pair', '--code', codeFor('ws://203.0.113.9:18789')]
    expect(await openclaw(...words)).toMatchObject({
      code: 2,
      err: expect.stringContaining('unencrypted to 203.0.113.9:18789'),
    })
    expect(files()).toEqual([])
  })

  it.each([['nonsense'], [''], [Buffer.from('{}').toString('base64url')]])(
    '%j is none',
    async (code) => {
      const ended = await machine().openclaw('devices', 'pair', '--code', code)
      expect([ended.code, ended.err]).toEqual([2, expect.stringContaining('this is no setup code')])
    },
  )

  it('asks for known scopes alone', async () => {
    const { openclaw } = machine()
    const words = ['devices', 'pair', '--url', 'http://127.0.0.1:1', '--scope', 'operator.root']
    expect((await openclaw(...words)).code).toBe(2)
  })
})

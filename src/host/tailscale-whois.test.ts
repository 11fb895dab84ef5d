import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { TailnetAnswer } from '../access/types.ts'
import { systemClock } from '../core/clock.ts'
import { tailscaleCommand } from './tailscale-command.ts'
import { tailscaledUids, whoisByLocalApi } from './tailscale-local-api.ts'
import { standIn, whoisAnswer } from './tailscale-stand-in.ts'
import { WHOIS_COMMAND, rememberedWhois, tailscaleLookup } from './tailscale-whois.ts'

const cleanups: (() => void)[] = []
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()))

const ALICE = { kind: 'user', login: 'alice@example.com', displayName: 'Alice' }
const KNOWS_ONE = `case "$*" in
  "whois --json 100.64.0.7") echo '${whoisAnswer('alice@example.com')}';;
  "whois --json fd7a::7") echo '${whoisAnswer('six@example.com')}';;
  "whois --json 100.64.0.9") echo '${whoisAnswer('tagged-devices', { tags: ['tag:server'] })}';;
  "whois --json 100.64.0.10") echo '{"Node":{}}';;
  "whois --json 100.64.0.11") echo 'failed to connect to local tailscaled; is it running?' >&2; exit 1;;
  "whois --json 100.64.0.12") echo 'peer not found' >&2; exit 1;;
  "whois --json 100.64.0.13") echo 'not json';;
  *) echo 'no match for IP:port' >&2; exit 1;;
esac`

function byCommand(script: string) {
  const tailscale = standIn(script)
  cleanups.push(() => tailscale.remove())
  const command = tailscaleCommand({ ...WHOIS_COMMAND, path: tailscale.path })
  const lookup = tailscaleLookup({ command, socketPath: join(tailscale.dir, 'no-socket') })
  return { tailscale, ...rememberedWhois({ lookup, clock: systemClock }) }
}

describe('whois by the command', () => {
  it.each([
    { name: 'a person’s machine', address: '100.64.0.7', answer: ALICE },
    { name: 'an IPv6 address', address: 'fd7a::7', answer: { ...ALICE, login: 'six@example.com' } },
    { name: 'an address nobody has', address: '100.64.0.8', answer: { kind: 'unknown-address' } },
    {
      name: 'an address nobody has, in a newer version’s words',
      address: '100.64.0.12',
      answer: { kind: 'unknown-address' },
    },
    {
      name: 'a tagged machine, which is nobody’s',
      address: '100.64.0.9',
      answer: { kind: 'unknown-address' },
    },
    {
      name: 'an answer without a user',
      address: '100.64.0.10',
      answer: { kind: 'unavailable', detail: 'the answer to whois has no user in it' },
    },
    {
      name: 'an answer that is no JSON',
      address: '100.64.0.13',
      answer: { kind: 'unavailable', detail: 'the answer to whois has no user in it' },
    },
    {
      name: 'a daemon that is down',
      address: '100.64.0.11',
      answer: {
        kind: 'unavailable',
        detail: 'tailscale whois failed: failed to connect to local tailscaled; is it running?',
      },
    },
  ])('$name', async ({ address, answer }) => {
    expect(await byCommand(KNOWS_ONE).whois(address)).toEqual(answer)
  })

  it('says that the command is missing', async () => {
    const command = tailscaleCommand({ ...WHOIS_COMMAND, path: '/nonexistent' })
    const lookup = tailscaleLookup({ command, socketPath: '/nonexistent' })
    expect(await lookup('100.64.0.7')).toEqual({
      kind: 'unavailable',
      detail: 'the `tailscale` command is not on PATH',
    })
  })

  it('starts one process for a flood of one address', async () => {
    const { tailscale, whois } = byCommand(KNOWS_ONE)
    const answers = await Promise.all(Array.from({ length: 500 }, () => whois('100.64.0.7')))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['user']))
    expect(tailscale.calls()).toEqual(['whois --json 100.64.0.7'])
  })
})

/** A lookup that ends when the test says so, and a clock that it sets. */
function held(answer: TailnetAnswer = { kind: 'unknown-address' }) {
  const state = { now: 1_000_000, asked: [] as string[], release: [] as (() => void)[] }
  const lookup = (address: string) =>
    new Promise<TailnetAnswer>((resolve) => {
      state.asked.push(address)
      state.release.push(() => resolve(answer))
    })
  return { state, ...rememberedWhois({ lookup, clock: () => state.now }) }
}

async function answered({ state, whois }: ReturnType<typeof held>, address: string) {
  const asked = whois(address)
  state.release.splice(0).forEach((release) => release())
  return asked
}

describe('what is remembered', () => {
  it.each([
    {
      name: 'a user for a minute',
      answer: { kind: 'user', login: 'a', displayName: 'A' } as const,
      ttl: 60_000,
    },
    {
      name: 'an unknown address for 5 s',
      answer: { kind: 'unknown-address' } as const,
      ttl: 5_000,
    },
    {
      name: 'an outage for 5 s',
      answer: { kind: 'unavailable', detail: 'down' } as const,
      ttl: 5_000,
    },
  ])('$name', async ({ answer, ttl }) => {
    const port = held(answer)
    await answered(port, '100.64.0.7')
    port.state.now += ttl - 1
    await answered(port, '100.64.0.7')
    expect(port.state.asked).toHaveLength(1)
    port.state.now += 1
    await answered(port, '100.64.0.7')
    expect(port.state.asked).toHaveLength(2)
    port.state.now -= 1_000_000
    await answered(port, '100.64.0.7')
    expect(port.state.asked).toHaveLength(3)
  })

  it('asks about 16 addresses at once and no more', async () => {
    const port = held()
    const first = Array.from({ length: 16 }, (_, n) => port.whois(`100.64.1.${n}`))
    expect(await port.whois('100.64.2.1')).toEqual({
      kind: 'unavailable',
      detail: '16 whois lookups are already running',
    })
    port.state.release.splice(0).forEach((release) => release())
    await Promise.all(first)
    expect(await answered(port, '100.64.2.1')).toEqual({ kind: 'unknown-address' })
  })

  it('forgets the oldest of more than 1,000 addresses', async () => {
    const port = held()
    for (const n of Array.from({ length: 1_001 }).keys())
      await answered(port, `10.0.${n >> 8}.${n & 255}`)
    await answered(port, '10.0.3.232')
    expect(port.state.asked).toHaveLength(1_001)
    await answered(port, '10.0.0.0')
    expect(port.state.asked).toHaveLength(1_002)
  })

  it('counts a lookup that breaks as an outage', async () => {
    const lookup = () => Promise.reject(new Error('bug'))
    const { whois } = rememberedWhois({ lookup, clock: systemClock })
    expect(await whois('100.64.0.7')).toEqual({ kind: 'unavailable', detail: 'the lookup failed' })
  })
})

/** A stand-in for tailscaled’s local API: insists on its Host, as the daemon does. */
async function localApi(answer: (addr: string | null) => { status: number; body: string } | null) {
  const dir = mkdtempSync(join(tmpdir(), 'tailscaled-'))
  const socketPath = join(dir, 'tailscaled.sock')
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://local')
    const known =
      request.headers.host === 'local-tailscaled.sock' && url.pathname === '/localapi/v0/whois'
    const reply = known
      ? answer(url.searchParams.get('addr'))
      : { status: 403, body: 'invalid localapi request' }
    if (reply !== null) response.writeHead(reply.status).end(reply.body)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return socketPath
}

describe('whois by the daemon’s local API', () => {
  it.each([
    { name: 'a person', address: '100.64.0.7', addr: '100.64.0.7:0' },
    { name: 'an IPv6 address', address: 'fd7a::7', addr: '[fd7a::7]:0' },
  ])('knows $name', async ({ address, addr }) => {
    const socketPath = await localApi((asked) =>
      asked === addr
        ? { status: 200, body: whoisAnswer('alice@example.com') }
        : { status: 400, body: 'invalid' },
    )
    expect(await whoisByLocalApi(address, { socketPath, timeoutMs: 3_000 })).toEqual(ALICE)
  })

  it('is preferred to the command where its socket exists', async () => {
    const socketPath = await localApi(() => ({
      status: 200,
      body: whoisAnswer('alice@example.com'),
    }))
    const command = () => Promise.reject(new Error('the command was run'))
    expect(await tailscaleLookup({ command, socketPath })('100.64.0.7')).toEqual(ALICE)
  })

  it.each([
    { status: 404, body: 'no match for IP:port\n', answer: { kind: 'unknown-address' } },
    {
      status: 403,
      body: 'whois access denied\n',
      answer: { kind: 'unavailable', detail: 'tailscaled answered 403: whois access denied' },
    },
    {
      status: 200,
      body: '{}',
      answer: { kind: 'unavailable', detail: 'the answer to whois has no user in it' },
    },
    {
      status: 200,
      body: 'x'.repeat(1_100_000),
      answer: { kind: 'unavailable', detail: 'tailscaled cannot be asked: its answer is too long' },
    },
  ])('$status and $answer.kind', async ({ status, body, answer }) => {
    const socketPath = await localApi(() => ({ status, body }))
    expect(await whoisByLocalApi('100.64.0.7', { socketPath, timeoutMs: 3_000 })).toEqual(answer)
  })

  it('gives up on a daemon that does not answer', async () => {
    const socketPath = await localApi(() => null)
    expect(await whoisByLocalApi('100.64.0.7', { socketPath, timeoutMs: 200 })).toEqual({
      kind: 'unavailable',
      detail: 'tailscaled cannot be asked: no answer within 0.2 s',
    })
  })

  it('says that nobody listens', async () => {
    const answer = await whoisByLocalApi('100.64.0.7', {
      socketPath: '/nonexistent.sock',
      timeoutMs: 200,
    })
    expect(answer).toMatchObject({ kind: 'unavailable', detail: expect.stringContaining('ENOENT') })
  })
})

describe('the users that tailscaled may run as', () => {
  it('is root alone where there is no socket', () => {
    expect(tailscaledUids('/nonexistent/tailscaled.sock')).toEqual([0])
  })

  it('is root and the owner of the socket', async () => {
    const own = process.getuid?.() ?? 0
    const socketPath = await localApi(() => null)
    expect(tailscaledUids(socketPath)).toEqual(own === 0 ? [0] : [0, own])
  })
})

import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../core/secret.ts'
import { SETTINGS, testContext } from './context.fixture.ts'
import { nodeTarget } from './node-target.ts'
import type { ClientSettings } from './parts.ts'
import { standIn, type StandInOptions } from './stand-in.fixture.ts'

const code = (urls: readonly string[]) =>
  Buffer.from(JSON.stringify({ url: urls[0], urls, bootstrapToken: 'ocd_once' })).toString(
    'base64url',
  )

async function target(
  options: Record<string, string>,
  settings: Partial<ClientSettings> = {},
  env: Record<string, string> = {},
) {
  const { context, written } = testContext(
    { settings: async () => ({ kind: 'settings', settings: { ...SETTINGS, ...settings } }) },
    { env },
  )
  const read = await nodeTarget({ positionals: [], options }, context)
  said.err = written.err
  if (read.kind === 'wrong') return read.message
  const { url, credential } = read.target
  return `${url.origin} ${credential === null ? 'nothing' : credential.name}`
}
/** By the last of them, on standard error. */
const said = { err: '' }
/** A port of this host where somebody listens, who counts and says nothing. */
async function listener() {
  const seen = { connections: 0 }
  const server = createServer((socket) => {
    seen.connections++
    onTestFinished(() => void socket.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return { port, seen }
}
async function gateway(options: StandInOptions = {}) {
  const server = await standIn('port', () => ({ payload: {} }), options)
  onTestFinished(async () => server.close())
  return server
}

describe('where a node connects', () => {
  it.each([
    ['the port of this host’s gateway', {}, {}, 'http://127.0.0.1:1 nothing'],
    ['its bridge, where nodes have one', {}, { bridgePort: 2 }, 'http://127.0.0.1:2 nothing'],
    [
      'another gateway by its name, and nothing configured goes there',
      { url: 'wss://claw.test' },
      { bridgePort: 2, credential: new Secret('configured') },
      'https://claw.test nothing',
    ],
    [
      'the configured one elsewhere, whose bridge is not this host’s',
      {},
      { bridgePort: 2, remote: { url: 'wss://far.test', credential: new Secret('x') } },
      'https://far.test the secret in gateway.remote',
    ],
    [
      'what the code says',
      { code: code(['wss://claw.test/']) },
      {},
      'https://claw.test the setup code',
    ],
    [
      'another address of the gateway that made the code',
      { code: code(['ws://10.0.0.1:1']), url: 'wss://claw.test' },
      {},
      'https://claw.test the setup code',
    ],
  ])('%s', async (_, options, settings, expected) => {
    expect(await target({ ...options }, settings)).toBe(expected)
  })

  it('by a code in the environment, unless the command line says another way', async () => {
    const env = { OPENCLAW_SETUP_CODE: code(['wss://claw.test/']) }
    expect(await target({}, {}, env)).toBe('https://claw.test the setup code')
    const token = { token: 'x', url: 'wss://far.test' }
    expect(await target(token, {}, env)).toBe('https://far.test --token')
    expect(await target({}, {}, { OPENCLAW_SETUP_CODE: 'x' })).toContain('this is no setup code')
  })

  it('of several addresses in a code the first where a gateway answers', async () => {
    const { port } = await gateway()
    const other = await gateway({
      http: (_request, response) => void response.writeHead(404).end(),
    })
    const places = ['ws://127.0.0.1:1', `ws://127.0.0.1:${other.port}`, `ws://127.0.0.1:${port}`]
    expect(await target({ code: code([...places, 'ws://127.0.0.1:2']) })).toBe(
      `http://127.0.0.1:${port} the setup code`,
    )
    expect(said.err).toBe(
      `no gateway answers at http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\nno gateway answers at http://127.0.0.1:${other.port}: HTTP 404\n`,
    )
    expect(await target({ code: code(['ws://127.0.0.1:1', 'ws://127.0.0.1:2']) })).toBe(
      'http://127.0.0.1:1 the setup code',
    )
  })

  it('and past one that takes the connection and says nothing', async () => {
    const [silent, server] = [await listener(), await gateway()]
    const urls = [`ws://127.0.0.1:${silent.port}`, `ws://127.0.0.1:${server.port}`]
    expect(await target({ code: code(urls) })).toBe(
      `http://127.0.0.1:${server.port} the setup code`,
    )
    expect(said.err).toContain(': no word within 3 s\n')
    expect(server.connects).toEqual([])
    await expect.poll(() => server.open()).toBe(0)
  })

  // 0.0.0.0 leads to this host, and is none of the addresses that may carry a secret.
  it.each(['ws', 'wss'])('by %s, and never asks at an open one before it', async (scheme) => {
    const [open, { port }] = [await listener(), await gateway()]
    const urls = [`ws://0.0.0.0:${open.port}`, `${scheme}://127.0.0.1:${port}`]
    const origin = `${scheme.replace('ws', 'http')}://127.0.0.1:${port}`
    expect(await target({ code: code(urls) })).toBe(`${origin} the setup code`)
    expect(said.err).toBe(
      `openclaw: warning: 0.0.0.0:${open.port} is left out: the setup code would travel there unencrypted\n`,
    )
    const more = [...urls, `ws://127.0.0.1:${port}/`]
    expect(await target({ code: code(more) })).toBe(`http://127.0.0.1:${port} the setup code`)
    if (scheme === 'wss') expect(said.err).toContain(`${port}: no TLS is spoken there\n`)
    expect(open.seen.connections).toBe(0)
  })

  it('waits for the safe one that answers later, and not at the open one that does now', async () => {
    const open = await listener()
    const urls = [`ws://0.0.0.0:${open.port}`, 'wss://127.0.0.1:1', 'wss://127.0.0.1:2']
    expect(await target({ code: code(urls) })).toBe('https://127.0.0.1:1 the setup code')
    expect(open.seen.connections).toBe(0)
  })

  it('says where, and what to do, when every address is open', async () => {
    const message = await target({ code: code(['ws://203.0.113.9:1', 'ws://claw.test']) })
    expect(message).toBe(
      'the setup code would travel unencrypted to 203.0.113.9:1 and claw.test; use https:// or wss://: `openclaw qr --public-url wss://…` on the gateway’s host makes a code with that',
    )
    const named = { code: code(['wss://claw.test']), url: 'ws://claw.test' }
    expect(await target(named)).toContain('name such an address with --url')
    expect(await target({ ...named, url: 'claw.test' })).toContain('--url must begin with')
  })

  it.each([
    ['ws://203.0.113.9', 'would travel unencrypted'],
    ['ftp://127.0.0.1', 'no address in this setup code'],
    ['ws://user:password@127.0.0.1', 'no address in this setup code'],
  ])('never by %s out of a code', async (url, why) => {
    expect(await target({ code: code([url]) })).toContain(why)
  })
})

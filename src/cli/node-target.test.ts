import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../core/secret.ts'
import { SETTINGS, testContext } from './context.fixture.ts'
import { nodeTarget } from './node-target.ts'
import type { ClientSettings } from './parts.ts'

const code = (urls: readonly string[]) =>
  Buffer.from(JSON.stringify({ url: urls[0], urls, bootstrapToken: 'ocd_once' })).toString(
    'base64url',
  )

async function target(
  options: Record<string, string>,
  settings: Partial<ClientSettings> = {},
  env: Record<string, string> = {},
) {
  const { context } = testContext(
    { settings: async () => ({ kind: 'settings', settings: { ...SETTINGS, ...settings } }) },
    { env },
  )
  const read = await nodeTarget({ positionals: [], options }, context)
  if (read.kind === 'wrong') return read.message
  const { url, credential } = read.target
  return `${url.origin} ${credential === null ? 'nothing' : credential.name}`
}
/** A port of this host where somebody listens. */
async function listening(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address() as AddressInfo
  return address.port
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

  it('of several addresses in a code the first where anybody listens', async () => {
    const port = await listening()
    const urls = ['ws://127.0.0.1:1', `ws://127.0.0.1:${port}`, 'ws://127.0.0.1:2']
    expect(await target({ code: code(urls) })).toBe(`http://127.0.0.1:${port} the setup code`)
    expect(await target({ code: code(['ws://127.0.0.1:1', 'ws://127.0.0.1:2']) })).toBe(
      'http://127.0.0.1:1 the setup code',
    )
  })

  it.each([
    ['ws://203.0.113.9', 'would travel unencrypted'],
    ['ftp://127.0.0.1', 'no address in this setup code'],
    ['ws://user:password@127.0.0.1', 'no address in this setup code'],
  ])('never by %s out of a code', async (url, why) => {
    expect(await target({ code: code([url]) })).toContain(why)
  })
})

import { GatewayClient } from '@openclaw/gateway-client'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HELLO, standIn, type Reply } from '../cli/stand-in.fixture.ts'
import { Secret } from '../core/secret.ts'
import { clientHostDeps } from './client-host-deps.ts'
import { ensureDeviceIdentity } from './device-identity.ts'
import { openDeviceTokens } from './device-tokens.ts'

async function machine() {
  const stateDir = mkdtempSync(join(tmpdir(), 'openclaw-deps-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const read = await ensureDeviceIdentity(stateDir, 0)
  const opened = await openDeviceTokens(stateDir, 'ws://gateway.test')
  if (read.kind !== 'identity' || opened.kind !== 'tokens') return expect.unreachable()
  const { identity } = read
  const { tokens } = opened
  const holder = { deviceId: identity.deviceId, role: 'operator' }
  const file = join(stateDir, 'identity/gateway-tokens.json')
  return { tokens, holder, file, hostDeps: clientHostDeps(identity, tokens) }
}

/** The whole reference client, as a node or an agent would use it: to its first answer. */
async function connect(hostDeps: ReturnType<typeof clientHostDeps>, reply: Reply, token?: string) {
  const server = await standIn('port', () => ({ payload: {} }), { onConnect: () => reply })
  const over = new Promise<void>((resolve) => {
    const client = new GatewayClient({
      url: `ws://127.0.0.1:${server.port}`,
      ...(token !== undefined && { token }),
      clientName: 'cli',
      mode: 'cli',
      role: 'operator',
      scopes: ['operator.read'],
      hostDeps,
      onHelloOk: () => (client.stop(), resolve()),
      onReconnectPaused: () => (client.stop(), resolve()),
    })
    client.start()
  })
  await over
  await server.close()
  return server.connects
}

const hello = (deviceToken: string): Reply => ({
  payload: { ...HELLO, auth: { role: 'operator', scopes: ['operator.read'], deviceToken } },
})

it('the reference client pairs with them, and comes back with the device token', async () => {
  const { hostDeps, tokens, holder } = await machine()
  const [first] = await connect(hostDeps, hello('ocd_first'), 'tok-1')
  expect(first).toMatchObject({ auth: { token: 'tok-1' }, device: { id: holder.deviceId } })
  expect(tokens.load(holder)?.token.reveal()).toBe('ocd_first')
  const [second] = await connect(hostDeps, hello('ocd_first'))
  expect(second).toMatchObject({ auth: { deviceToken: 'ocd_first' } })
})

it('R47: it forgets nothing when a device token is refused', async () => {
  const { hostDeps, tokens, holder, file } = await machine()
  tokens.store(holder, { token: new Secret('ocd_first'), scopes: ['operator.read'] })
  await tokens.saved()
  const details = { code: 'AUTH_DEVICE_TOKEN_MISMATCH' }
  const message = 'unauthorized: device token mismatch (rotate/reissue device token)'
  await connect(hostDeps, { error: { code: 'INVALID_REQUEST', message, details } })
  expect(tokens.load(holder)?.token.reveal()).toBe('ocd_first')
  expect(readFileSync(file, 'utf8')).toContain('ocd_first')
})

import { createServer, type Server } from 'node:http'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer as createTcp, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { banner, baseUrl } from './banner.ts'
import { listenAt, listenForOwner, placesFor } from './listeners.ts'

const servers: Server[] = []
const TCP = { listener: 'tcp', makeServer: () => createServer() } as const
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('loopback is both loopbacks, lan every interface, custom just the one', () => {
  const addresses = (bind: 'loopback' | 'lan' | 'tailnet' | 'custom') =>
    placesFor({ bind, customBindHost: '192.0.2.1' }, ['100.64.0.7']).map(({ address }) => address)
  expect(addresses('loopback')).toEqual(['127.0.0.1', '::1'])
  expect(addresses('lan')).toEqual(['0.0.0.0', '::'])
  expect(addresses('tailnet')).toEqual(['127.0.0.1', '::1', '100.64.0.7'])
  expect(addresses('custom')).toEqual(['192.0.2.1'])
})

test('all places share one port, and a free one is found for port 0', async () => {
  const listening = await listenAt(
    { ...TCP, places: placesFor({ bind: 'loopback' }, []), port: 0 },
    servers,
  )
  const ports =
    listening.kind === 'listening' ? new Set(listening.at.map(({ port }) => port)) : new Set()
  expect(ports.size).toBe(1)
  expect(ports.has(0)).toBe(false)
})

test('a stranger on the other loopback address is in the way, and so is one on ours', async () => {
  for (const host of ['::1', '127.0.0.1']) {
    const stranger = createTcp()
    await new Promise<void>((done) => stranger.listen(0, host, done))
    const { port } = stranger.address() as AddressInfo
    const places = placesFor({ bind: 'loopback' }, [])
    expect(await listenAt({ ...TCP, places, port }, servers)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(`${port} is in use.*--port ${port + 1}`),
    })
    expect(await listenAt({ ...TCP, listener: 'bridge', places, port }, servers)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(`${port} is in use.*gateway.bridgePort ${port + 1}`),
    })
    stranger.close()
  }
})

test("an address that is not this host's is named", async () => {
  const listening = await listenAt(
    { ...TCP, places: [{ address: '192.0.2.1', optional: false }], port: 0 },
    servers,
  )
  expect(listening).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('192.0.2.1 is no address of this host'),
  })
})

test("the owner's socket is for the owner alone, and an old one is no obstacle", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'owner-'))
  const path = join(dir, 'gateway.sock')
  for (let time = 0; time < 2; time += 1) {
    const server = createServer()
    servers.push(server)
    expect(await listenForOwner(server, path)).toMatchObject({ kind: 'listening' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  }
  expect(existsSync(path)).toBe(true)
  rmSync(dir, { recursive: true })
})

test('the banner names addresses a browser can open, and no link where a journal would keep it', () => {
  const at = [{ listener: 'tcp', address: '::', port: 18789 }] as const
  expect(baseUrl(at[0])).toBe('http://127.0.0.1:18789')
  const text = banner({
    version: '1',
    at,
    bind: 'lan',
    mode: 'token',
    warnings: ['mind the gap'],
    link: null,
  })
  expect(text).toContain('listens on http://127.0.0.1:18789')
  expect(text).toContain('warning: mind the gap')
  expect(text).not.toContain('#login')
})

test('the banner says where nodes connect, and keeps the page to the other port', () => {
  const text = banner({
    version: '1',
    at: [
      { listener: 'tcp', address: '127.0.0.1', port: 18789 },
      { listener: 'bridge', address: '127.0.0.1', port: 18790 },
      { listener: 'bridge', address: '::1', port: 18790 },
    ],
    bind: 'loopback',
    mode: 'token',
    warnings: [],
    link: null,
  })
  expect(text).toContain('listens on http://127.0.0.1:18789 (loopback')
  expect(text).toContain(
    'Nodes, and nodes alone, connect to http://127.0.0.1:18790 and http://[::1]:18790\n',
  )
})

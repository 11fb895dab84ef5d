/** Where this very process listens, as the kernel has it. */
import { createServer, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { listeningSockets } from './listening-sockets.ts'

const LINUX = process.platform === 'linux'

async function listen(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer()
  onTestFinished(() => void server.close())
  server.listen({ host, port: 0, ipv6Only: host === '::' })
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test.runIf(LINUX).each(['127.0.0.1', '127.3.2.1', '0.0.0.0', '::1', '::'])(
  'a socket on %s is there while it listens, and no longer',
  async (address) => {
    const { server, port } = await listen(address)
    expect(await listeningSockets(process.pid)).toContainEqual({ address, port })
    server.close()
    await once(server, 'close')
    expect(await listeningSockets(process.pid)).not.toContainEqual({ address, port })
  },
)

test.runIf(LINUX)('what another process listens on is not there', async () => {
  const { port } = await listen('127.0.0.1')
  const others = (await listeningSockets(process.ppid)) ?? []
  expect(others.map((one) => one.port)).not.toContain(port)
})

test('of a process that is not there nothing is known', async () => {
  expect(await listeningSockets(2 ** 22 + 1)).toBeNull()
})

/** What a probe of the proxy remembers: for its minute, each nonce once, and nothing of anybody else's requests. */
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from './connection.ts'
import type { NetworkPolicy } from './evidence.ts'
import { ProxyWitness } from './proxy-witness.ts'

const NETWORK: NetworkPolicy = {
  isTrusted: (address) => address === '127.0.0.1',
  isOwnInterface: () => false,
  userHeader: null,
  requiredHeaders: [],
  identityHeaders: new Set(),
  singleHeaders: new Set(['host']),
  passwordLive: false,
}
const SETTINGS = {
  mode: 'token',
  userHeader: null,
  requiredHeaders: [],
  assertionHeader: null,
  tailscale: false,
}

async function scene() {
  const time = { now: 1_000_000 }
  const witness = new ProxyWitness({
    network: () => NETWORK,
    settings: () => SETTINGS,
    clock: () => time.now,
  })
  const server: Server = createServer((asked, response) => {
    openConnection(asked.socket, 'tcp')
    witness.see(asked, 'http')
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const asked = request({ port: address.port, host: '127.0.0.1', path, headers, agent: false })
    asked.end()
    const [response] = await once(asked, 'response')
    response.resume()
    await once(response, 'end')
  }
  return { witness, time, ask }
}

test('names of headers, those that were forged, and how it was forwarded: no value', async () => {
  const { witness, ask } = await scene()
  const { probe, nonces, path, marker } = witness.start(2)
  await ask(`${path}${nonces[1]}`, {
    Host: 'claw.example.com',
    'X-Forwarded-For': `${marker.address}, 198.51.100.4`,
    'Remote-User': `${marker.text}@x`,
    Cookie: 'session=very-secret',
  })
  const seen = witness.read(probe)
  expect(seen).toEqual([
    {
      request: 1,
      transport: 'http',
      names: ['host', 'x-forwarded-for', 'remote-user', 'cookie', 'connection'],
      forged: ['x-forwarded-for', 'remote-user'],
      host: 'claw.example.com',
      hops: 2,
      forwarding: ['x-forwarded-for'],
      peer: { address: '127.0.0.1', trusted: true, loopback: true },
      clientAddress: '198.51.100.4',
      malformed: null,
    },
  ])
  expect(JSON.stringify(seen)).not.toContain('very-secret')
})

test('a nonce counts once, and only as it was given out', async () => {
  const { witness, ask } = await scene()
  const { probe, nonces, path } = witness.start(1)
  await ask(`${path}${nonces[0]}x`)
  await ask(path)
  await ask(`/api/v9/proxy-probe/${nonces[0]}`)
  expect(witness.read(probe)).toEqual([])
  await ask(`${path}${nonces[0]}`)
  await ask(`${path}${nonces[0]}`)
  expect(witness.read(probe)).toHaveLength(1)
})

test('after a minute there is nothing to be seen, nor to be told', async () => {
  const { witness, time, ask } = await scene()
  const { probe, nonces, path } = witness.start(2)
  time.now += 59_999
  await ask(`${path}${nonces[0]}`)
  expect(witness.read(probe)).toHaveLength(1)
  time.now += 1
  expect(witness.read(probe)).toBeNull()
  await ask(`${path}${nonces[1]}`)
  expect(witness.read(probe)).toBeNull()
})

test('a new probe ends the one before it; another name tells nothing', () => {
  return scene().then(async ({ witness, ask }) => {
    const first = witness.start(1)
    const second = witness.start(1)
    await ask(`${first.path}${first.nonces[0]}`)
    expect(witness.read(first.probe)).toBeNull()
    expect(witness.read(second.probe)).toEqual([])
    expect(witness.read('')).toBeNull()
  })
})

test('what cannot be judged is said to be malformed', async () => {
  const { witness, ask } = await scene()
  const { probe, nonces, path } = witness.start(1)
  await ask(`${path}${nonces[0]}`, { 'X-Forwarded-For': 'nonsense' })
  expect(witness.read(probe)).toMatchObject([
    {
      clientAddress: null,
      malformed: expect.stringContaining('no address'),
      peer: { trusted: true },
    },
  ])
})

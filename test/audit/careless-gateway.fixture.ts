/** For tests: a tiny gateway that is sound, or careless in exactly one way: `node careless-gateway.fixture.ts <state dir> <fault>`. It says `ready`, and ends with its standard input. */
import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { FOREIGN_NAME } from '../../src/audit/probes/ask.ts'
import { acquireGatewayLock } from '../../src/host/gateway-lock.ts'
import { VERSION } from '../../src/version.ts'

export const FAULTS = [
  'none',
  'open metrics',
  'open port for nodes',
  'any host',
  'any host on a WebSocket',
  'any origin',
  'any origin on a WebSocket',
  'CORS',
  'believes X-Forwarded-For',
  'believes Forwarded',
  'believes X-Real-IP',
  'believes X-Forwarded-User',
  'believes Tailscale',
  'takes a secret in the query',
  'takes a secret in the query of a WebSocket',
  'overrides the method by a header',
  'overrides the method by the query',
  'answers TRACE',
  'takes any token',
  'locks nobody',
  'no nosniff',
  'no policy',
  'says who it is',
  'secret in the page',
  'secret in a script',
  'socket for all',
  'one port more',
  'one local port more',
  'no port for nodes',
  'old version',
  'old configuration',
  'waits for a restart',
  'record not writable',
  'silent port',
  'silent owner socket',
  'takes connections and says nothing',
] as const
export type Fault = (typeof FAULTS)[number]

/** Of every one of them; nobody else's. */
export const SECRET = 'facade42'.repeat(6)

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const YES: Reply = { status: 200, body: '{}' }
const NO: Reply = { status: 401 }
const BROKEN: Reply = { status: 400 }

const state = { guesses: 0 }

function replyTo(request: IncomingMessage, fault: Fault): Reply {
  const { method = '', url = '', headers } = request
  const [path = '', query = ''] = url.split('?')
  if (/token|api_key/.test(query)) return fault === 'takes a secret in the query' ? NO : BROKEN
  if (headers.authorization !== undefined) {
    state.guesses += 1
    return fault === 'takes any token' ? YES : NO
  }
  if (method !== 'GET') return otherMethod(request, fault)
  if (path === '/') return page(fault)
  if (path === '/app.js')
    return { status: 200, body: fault === 'secret in a script' ? `x = '${SECRET}'` : 'x = 1' }
  if (path === '/health') return YES
  return BELIEFS[fault]?.(request) === true ? YES : NO
}

function otherMethod({ method, url = '', headers }: IncomingMessage, fault: Fault): Reply {
  if (method === 'TRACE') return fault === 'answers TRACE' ? YES : NO
  if (method === 'OPTIONS') return NO
  const byHeader = headers['x-http-method-override'] === 'GET'
  const byQuery = url.includes('_method=GET')
  const overridden =
    (fault === 'overrides the method by a header' && byHeader) ||
    (fault === 'overrides the method by the query' && byQuery)
  return overridden ? YES : NO
}

function page(fault: Fault): Reply {
  const body = `<script src="/app.js"></script>${fault === 'secret in the page' ? SECRET : ''}`
  const policy = { 'content-security-policy': "default-src 'self'", 'x-frame-options': 'DENY' }
  return { status: 200, body, headers: fault === 'no policy' ? {} : policy }
}

type Belief = (request: IncomingMessage) => boolean
const shows =
  (name: string): Belief =>
  ({ headers }) =>
    headers[name] !== undefined

/** Whom a careless one answers who has shown nothing. */
const BELIEFS: Readonly<Partial<Record<Fault, Belief>>> = {
  'open metrics': ({ url }) => url === '/metrics',
  'any host': (request) => request.headers.host === FOREIGN_NAME && !forwarded(request),
  'any origin': ({ headers }) => headers.origin === 'https://stranger.invalid',
  'believes X-Forwarded-For': ({ headers }) => headers['x-forwarded-for'] === '127.0.0.1',
  'believes Forwarded': shows('forwarded'),
  'believes X-Real-IP': shows('x-real-ip'),
  'believes X-Forwarded-User': shows('x-forwarded-user'),
  'believes Tailscale': shows('tailscale-user-login'),
}

function forwarded({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => /^(?:x-|forwarded|remote|tailscale)/.test(name))
}

function answer(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const { status, headers = {}, body = '' } = replyTo(request, fault)
  response.writeHead(status, {
    'referrer-policy': 'no-referrer',
    ...(fault !== 'no nosniff' && { 'x-content-type-options': 'nosniff' }),
    ...(fault === 'says who it is' && { server: 'stand-in/1.0' }),
    ...(fault === 'CORS' && { 'access-control-allow-origin': '*' }),
    ...headers,
  })
  response.end(body)
}

/** Whether a WebSocket is granted; the others are turned away before it is one. */
function upgrades({ url = '', headers }: IncomingMessage, fault: Fault): 'yes' | Reply {
  const secret = url.includes('token=')
  if (fault === 'takes a secret in the query of a WebSocket' && secret) return NO
  if (secret) return BROKEN
  const { origin } = headers
  if (fault === 'any origin on a WebSocket' && origin === 'https://stranger.invalid') return 'yes'
  const foreign = headers.host === FOREIGN_NAME
  return fault === 'any host on a WebSocket' && foreign ? 'yes' : NO
}

function gateway(fault: Fault) {
  if (fault === 'takes connections and says nothing') return createServer(() => {})
  const server = createServer((request, response) => answer(request, response, fault))
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const granted = upgrades(request, fault)
    if (granted !== 'yes') {
      socket.end(`HTTP/1.1 ${granted.status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('message', () => webSocket.send('{"type":"res","id":"1","ok":true}'))
    })
  })
  return server
}

interface Ports {
  readonly port: number
  readonly bridge: number | null
}

function statusOf(fault: Fault, { bridge }: Ports) {
  return {
    version: fault === 'old version' ? '0.0.1' : VERSION,
    listening: bridge === null ? [] : [{ listener: 'bridge', address: '127.0.0.1', port: bridge }],
    recordWritable: fault !== 'record not writable',
    configError: fault === 'old configuration' ? 'openclaw.json:1: it ends too early' : null,
    warnings:
      fault === 'waits for a restart'
        ? ['gateway.bind changed: `openclaw gateway restart` applies it']
        : ['gateway.auth.token is short'],
  }
}

function ownersServer(fault: Fault, ports: Ports) {
  if (fault === 'takes connections and says nothing') return createServer(() => {})
  return createServer(({ url }, response) => {
    const locked = state.guesses >= 3 && fault !== 'locks nobody'
    const lockouts = { lockouts: locked ? [{ address: '127.0.113.7' }] : [] }
    const value = url === '/api/v1/lockouts' ? lockouts : statusOf(fault, ports)
    response.end(fault === 'silent owner socket' ? '' : JSON.stringify(value))
  })
}

function listen(
  server: ReturnType<typeof createServer>,
  where: { readonly host?: string; readonly path?: string; readonly port?: number },
): Promise<number> {
  return new Promise((done) => {
    server.listen(where, () => done((server.address() as AddressInfo).port))
  })
}

async function run(dir: string, fault: Fault): Promise<void> {
  const own = gateway(fault)
  const port = await listen(own, { host: '127.0.0.1', port: 0 })
  if (fault === 'silent port') own.close()
  const nodes = gateway(fault === 'open port for nodes' ? 'any origin' : 'none')
  if (fault === 'open port for nodes')
    nodes.removeAllListeners('request').on('request', (_request, response) => response.end('{}'))
  const bridge =
    fault === 'no port for nodes' ? null : await listen(nodes, { host: '127.0.0.1', port: 0 })
  if (fault === 'one port more') await listen(gateway('none'), { host: '0.0.0.0', port: 0 })
  if (fault === 'one local port more') await listen(gateway('none'), { host: '127.0.0.1', port: 0 })
  const ownerSocket = join(dir, 'gateway.sock')
  await listen(ownersServer(fault, { port, bridge }), { path: ownerSocket })
  chmodSync(ownerSocket, fault === 'socket for all' ? 0o602 : 0o600)
  const lock = acquireGatewayLock(dir)
  if (lock.kind !== 'held') throw new Error('the state dir is taken')
  const { pid } = process
  const facts = { startedAt: 0, version: VERSION, ownerSocket }
  await lock.update({ pid, port, bind: ['127.0.0.1'], ...facts })
  process.stdout.write('ready\n')
  process.stdin.resume().on('end', () => process.exit())
}

if (process.argv[1] === import.meta.filename) {
  const [, , dir = '', fault] = process.argv
  await run(dir, FAULTS.find((one) => one === fault) ?? 'none')
}

/** The HTTP server of one listener: bounds what a connection may cost before anybody knows who it is (SPEC 11). */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Listener } from '../access/types.ts'
import { openConnection } from './connection.ts'
import { serve, type Surface } from './serve.ts'
import { refuseTunnel, refuseUnreadable } from './unreadable.ts'

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 65_000

export interface ListenerOptions {
  readonly listener: Listener
  readonly surface: Surface
  readonly onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void
}

/** A server that is not listening yet. */
export function makeServer({ listener, surface, onUpgrade }: ListenerOptions): Server {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: 16 * 1024,
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    // strict-http.ts says it, with our headers and in the record.
    requireHostHeader: false,
    // `Upgrade: h2c` from a curious client is an ordinary request (RFC 9110 7.8); older Nodes ask no one.
    shouldUpgradeCallback: ({ headers, httpVersion }) =>
      headers.upgrade?.toLowerCase() === 'websocket' && httpVersion === '1.1',
  })
  // The bytes are bounded. A Node that counts headers besides leaves those behind the thousandth out: what a proxy appends.
  server.maxHeadersCount = 0
  server.on('connection', (socket: Socket) => {
    // For good: Node takes its own listener off before it hands a socket on, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy())
    const connection = openConnection(socket, listener)
    surface.caps.admit(socket, connection)
  })
  server.on('request', (request, response) => {
    surface.witness.see(request, 'http')
    serve(request, response, surface)
  })
  server.on('upgrade', (request, socket, head) => {
    surface.witness.see(request, 'websocket')
    onUpgrade(request, socket as Socket, head)
  })
  // An expectation that is not 100-continue is not acted on (RFC 9110 10.1.1).
  server.on('checkExpectation', (request, response) => serve(request, response, surface))
  server.on('connect', (_request, socket) => refuseTunnel(socket as Socket, surface.gateway))
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) =>
    refuseUnreadable(code, socket as Socket, surface.gateway),
  )
  return server
}

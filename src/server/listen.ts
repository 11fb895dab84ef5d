/** The HTTP server of one listener: bounds what a connection may cost before anybody knows who it is (SPEC 11). */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Listener } from '../access/types.ts'
import { openConnection } from './connection.ts'
import { discardThenDestroy } from './linger.ts'
import { serve, type Surface } from './serve.ts'
import { CATEGORIES, SECURITY_HEADERS } from './reply.ts'

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
  // An expectation that is not 100-continue, and a tunnel: neither is served here (RFC 9110 10.1.1, 9.3.6).
  server.on('checkExpectation', (request, response) => serve(request, response, surface))
  server.on('connect', (_request, socket) => writeRaw(socket as Socket, BAD_REQUEST))
  server.on('clientError', (error, socket) => refuseBroken(error, socket as Socket))
  return server
}

/** What the parser could not read gets the shortest honest answer; behind an answer that was begun there is none. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  writeRaw(socket, brokenCategory(error.code))
}

/** An answer without a response object: the parser made no request of what came. */
function writeRaw(socket: Socket, { status, type, message }: RawCategory): void {
  const body = JSON.stringify({ error: { type, code: type, message, requestId: null } })
  const headers = [
    ...pairs(SECURITY_HEADERS),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  discardThenDestroy(socket, socket)
}

interface RawCategory {
  readonly status: string
  readonly type: string
  readonly message: string
}

const BAD_REQUEST: RawCategory = { ...CATEGORIES.malformed, status: '400 Bad Request' }

function brokenCategory(code: string | undefined): RawCategory {
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      status: '431 Request Header Fields Too Large',
      type: 'bad_request',
      message: 'The headers are larger than 16 KiB.',
    }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return {
      status: '408 Request Timeout',
      type: 'bad_request',
      message: 'The request did not arrive in time.',
    }
  return BAD_REQUEST
}

function pairs(flat: readonly string[]): string[] {
  return flat.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}: ${flat[index + 1] ?? ''}`] : [],
  )
}

/** Opens the sockets: bounds what a connection may cost before anybody knows who it is (SPEC 11). */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Listener } from '../access/types.ts'
import { openConnection } from './connection.ts'
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
    requireHostHeader: true,
    // `Upgrade: h2c` from a curious client is an ordinary request (RFC 9110 7.8); older Nodes ask no one.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  })
  server.on('connection', (socket: Socket) => {
    const connection = openConnection(socket, listener)
    surface.caps.admit(socket, connection)
  })
  server.on('request', (request, response) => serve(request, response, surface))
  server.on('upgrade', (request, socket, head) => onUpgrade(request, socket as Socket, head))
  server.on('clientError', (error, socket) => refuseBroken(error, socket as Socket))
  return server
}

/** What the parser could not read gets the shortest honest answer. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const { status, type, message } = brokenCategory(error.code)
  const body = JSON.stringify({ error: { type, code: type, message, requestId: null } })
  const headers = [
    ...pairs(SECURITY_HEADERS),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

function brokenCategory(code: string | undefined): {
  status: string
  type: string
  message: string
} {
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
  return { ...CATEGORIES.malformed, status: '400 Bad Request' }
}

function pairs(flat: readonly string[]): string[] {
  return flat.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}: ${flat[index + 1] ?? ''}`] : [],
  )
}

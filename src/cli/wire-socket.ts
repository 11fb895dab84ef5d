/** One WebSocket to a gateway, over its port or its owner's socket, as the reference client wants to hold it. */
import type {
  GatewayProtocolSocket,
  GatewayProtocolSocketHandlers,
} from '@openclaw/gateway-client/browser'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { WebSocket, type ClientOptions, type RawData } from 'ws'
import { webSocketUrl, type Target } from './targets.ts'

export interface SocketHandlers extends GatewayProtocolSocketHandlers {
  /** HTTP was answered in place of a WebSocket. */
  readonly turnedAway: (status: number, body: string) => void
}

/** The largest frame that the wire knows (PROTOCOL 1.4). */
const MAX_FRAME_BYTES = 26_214_400
/** As much as an error message needs. */
const MAX_BODY_BYTES = 65_536
/** Whoever does not say goodbye within this is left without. */
const FAREWELL_MS = 250

export function openSocket(target: Target, handlers: SocketHandlers): GatewayProtocolSocket {
  const webSocket = new WebSocket(addressOf(target), optionsFor(target))
  webSocket.on('open', handlers.open)
  webSocket.on('message', (data) => handlers.message(textOf(data)))
  webSocket.on('error', handlers.error)
  webSocket.on('close', (code, reason) => handlers.close(code, reason.toString()))
  webSocket.on('unexpected-response', (request, response) => {
    bodyOf(response)
      .then((body) => handlers.turnedAway(response.statusCode ?? 0, body))
      .catch(handlers.error)
      .finally(() => request.destroy())
  })
  return {
    isOpen: () => webSocket.readyState === WebSocket.OPEN,
    send: (text) => webSocket.send(text),
    close(code, reason) {
      webSocket.close(code, reason)
      setTimeout(() => webSocket.terminate(), FAREWELL_MS).unref()
    },
  }
}

function addressOf(target: Target): string {
  return target.kind === 'socket' ? 'ws://localhost/' : webSocketUrl(target.url)
}

/** No redirects are followed: a credential stays where it was sent (R39). */
function optionsFor(target: Target): ClientOptions {
  const options = {
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  }
  // Not `ws+unix:`, in which a folder's name may hold no colon, blank or percent sign.
  return target.kind === 'socket'
    ? { ...options, createConnection: () => connect(target.path) }
    : options
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : ''
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  const state = { size: 0 }
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    state.size += bytes.length
    if (state.size > MAX_BODY_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

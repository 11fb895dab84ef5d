/** Sends one request of a probe through the public address, as a stranger would. */
import { request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as overHttps } from 'node:https'
import { messageOf } from '../../core/errors.ts'
import type { Headers } from './forged.ts'

export interface Shot {
  readonly url: URL
  readonly headers: Headers
  /** For the head of the answer, however slowly it comes. */
  readonly timeoutMs: number
  readonly upgrade?: true
  /** Bytes of JSON that are posted. */
  readonly bodyBytes?: number
}

export type Answered =
  | { readonly kind: 'status'; readonly status: number; readonly location: string | null }
  | { readonly kind: 'silent'; readonly why: string }

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.from('openclaw doctor!').toString('base64'),
} as const

/** Never rejects. Redirects are not followed: where they lead is an answer. */
export function sendShot(shot: Shot): Promise<Answered> {
  return new Promise((resolve) => {
    try {
      send(shot, resolve)
    } catch (error) {
      resolve({ kind: 'silent', why: messageOf(error) })
    }
  })
}

function send(
  { url, headers, timeoutMs, upgrade, bodyBytes }: Shot,
  done: (answer: Answered) => void,
): void {
  const open = url.protocol === 'https:' ? overHttps : overHttp
  const body = bodyBytes === undefined ? null : JSON.stringify('x'.repeat(bodyBytes - 2))
  const asked = open(url, {
    method: body === null ? 'GET' : 'POST',
    agent: false,
    headers: {
      'User-Agent': 'openclaw-doctor',
      ...(upgrade && UPGRADE),
      ...(body !== null && {
        'Content-Type': 'application/json',
        'Content-Length': String(Buffer.byteLength(body)),
      }),
      ...headers,
    },
  })
  hear(asked, done)
  // One that counts silence alone is kept waiting by a byte now and then.
  const late = setTimeout(
    () => asked.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  asked.once('close', () => clearTimeout(late))
  asked.end(body)
}

function hear(asked: ClientRequest, done: (answer: Answered) => void): void {
  const answered = (response: IncomingMessage): void => {
    const { statusCode = 0, headers } = response
    done({ kind: 'status', status: statusCode, location: headers.location ?? null })
    asked.destroy()
  }
  asked.once('response', answered)
  asked.once('upgrade', (response, socket) => {
    answered(response)
    socket.destroy()
  })
  // After an answer, an end of the connection is no news.
  asked.on('error', (error) => done({ kind: 'silent', why: messageOf(error) }))
}

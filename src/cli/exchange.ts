/** One HTTP request to a gateway and its answer. No redirects are followed: a credential stays where it was sent (R39). */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Target } from './targets.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: object
}

export type Exchange =
  | { readonly kind: 'response'; readonly status: number; readonly body: string }
  /** Nobody took the request: another way may be tried. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** The request may have been taken: it must not be sent twice. */
  | { readonly kind: 'broken'; readonly detail: string }

/** Larger than any answer of ours, small enough for any machine. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const NOBODY_THERE = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EPERM',
  'ENOTSOCK',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

export async function exchange(
  target: Target,
  question: Question,
  timeoutMs: number,
): Promise<Exchange> {
  const secure = target.kind === 'http' && target.url.protocol === 'https:'
  const { request } = secure ? await import('node:https') : await import('node:http')
  const payload = question.body === undefined ? null : JSON.stringify(question.body)

  return new Promise((resolve) => {
    const outgoing = request(optionsFor(target, question, payload), (incoming) => {
      collect(incoming).then(resolve, (error: unknown) => resolve(failed(error, true)))
    })
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    outgoing.on('error', (error) => resolve(failed(error, false)))
    outgoing.on('close', () => clearTimeout(timer))
    send(outgoing, payload)
  })
}

function optionsFor(
  target: Target,
  { method, path }: Question,
  payload: string | null,
): RequestOptions {
  const headers = {
    accept: 'application/json',
    ...(payload !== null && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
    }),
  }
  if (target.kind === 'socket')
    return {
      socketPath: target.path,
      method,
      path,
      headers: { ...headers, host: 'localhost' },
      agent: false,
    }
  const { hostname, port, pathname } = target.url
  const authorization =
    target.credential === null ? {} : { authorization: `Bearer ${target.credential.reveal()}` }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port,
    method,
    path: `${pathname.replace(/\/$/, '')}${path}`,
    headers: { ...headers, ...authorization },
    agent: false,
  }
}

function send(outgoing: ClientRequest, payload: string | null): void {
  if (payload === null) outgoing.end()
  else outgoing.end(payload)
}

async function collect(incoming: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = []
  const state = { size: 0 }
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    state.size += bytes.length
    if (state.size > MAX_BODY_BYTES) return { kind: 'broken', detail: 'the answer is too large' }
    chunks.push(bytes)
  }
  return {
    kind: 'response',
    status: incoming.statusCode ?? 0,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function failed(error: unknown, answered: boolean): Exchange {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error && error.message !== '' ? error.message : code
  return !answered && NOBODY_THERE.has(code)
    ? { kind: 'unreachable', detail }
    : { kind: 'broken', detail }
}

/**
 * One question to a gateway and its answer, by the wire's reference client: connect, ask, go.
 *
 * That client's state machine (`GatewayProtocolClient`) without its Node shell (`GatewayClient`): the shell cannot reach the
 * owner's socket, comes back after a lost connection, where a command must not ask twice, and forgets a device token that
 * was refused once (R47). What the shell adds is here or nearby for both ways alike: where a secret may go unencrypted
 * (`targets.ts`), certificates (Node's own checks), the device proof (`introduction.ts`), the socket (`wire-socket.ts`).
 */
import {
  GatewayProtocolClient,
  GatewayProtocolRequestError,
} from '@openclaw/gateway-client/browser'
import { randomUUID } from 'node:crypto'
import { connectParams, hear, type Introduction } from './introduction.ts'
import type { Method } from './methods.ts'
import type { Target } from './targets.ts'
import { openSocket } from './wire-socket.ts'

export interface Question {
  readonly method: Method
  readonly params?: object
  /** Answered twice: at once, that it was accepted, and then for good (PROTOCOL 5.3). */
  readonly twice?: boolean
}

/** What a gateway says no with (PROTOCOL 1.2). */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details?: unknown
  /** Milliseconds. */
  readonly retryAfterMs?: number | undefined
}

export type Exchange =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** By `connect`, or by the method. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** By HTTP, before there was a WebSocket. */
  | { readonly kind: 'turned-away'; readonly status: number; readonly body: string }
  /** Nobody took the connection: another way may be tried. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** The question may have been taken: it must not be asked twice. */
  | { readonly kind: 'broken'; readonly detail: string }
  /** Whoever answers does not speak the wire. */
  | { readonly kind: 'foreign' }

export interface Manner {
  readonly introduction: Introduction
  /** For all of it: connecting, waiting, the answer. */
  readonly timeoutMs: number
}

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

export function exchange(
  target: Target,
  { method, params, twice = false }: Question,
  { introduction, timeoutMs }: Manner,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const state = { opened: false }
    const end = (how: Exchange): void => {
      clearTimeout(timer)
      client.stop()
      resolve(how)
    }
    const fail = (error: unknown): void => end(failed(error, state.opened))
    const giveUp = (error: unknown) => {
      fail(error)
      return { closeCode: 1008, closeReason: 'connect failed', stop: true }
    }
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    const askNow = (hello: unknown): void => {
      if (!hear(hello, introduction)) return end({ kind: 'foreign' })
      client
        .request(method, params, { expectFinal: twice, timeoutMs: null })
        .then((payload) => end({ kind: 'answered', payload }), fail)
    }
    const client = new GatewayProtocolClient({
      createSocket: (handlers) =>
        openSocket(target, {
          ...handlers,
          open() {
            state.opened = true
            handlers.open()
          },
          error: fail,
          turnedAway: (status, body) => end({ kind: 'turned-away', status, body }),
        }),
      createRequestId: randomUUID,
      buildConnectPlan: (challenge) => connectParams(introduction, challenge),
      buildConnectParams: (plan) => plan,
      onConnectPlanError: giveUp,
      onConnectHello: askNow,
      onConnectFailure: giveUp,
      onSocketFactoryError: fail,
      resolveClose: () => ({ retry: false, notify: true }),
      onClose: ({ code, reason }) =>
        fail(new Error(`it closed the connection (${`${code} ${reason}`.trim()})`)),
      handshake: { mode: 'require-challenge', timeoutMs },
      reconnect: { initialMs: 0, multiplier: 1, maxMs: 0 },
    })
    client.start()
  })
}

function failed(error: unknown, opened: boolean): Exchange {
  if (error instanceof GatewayProtocolRequestError) return { kind: 'refused', refusal: error }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error && error.message !== '' ? error.message : code
  return !opened && NOBODY_THERE.has(code)
    ? { kind: 'unreachable', detail }
    : { kind: 'broken', detail }
}

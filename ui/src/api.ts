/** Every call that this page makes: to its own origin, with the proof, and nowhere else (R01). */
import { readEvents, type StreamEvent } from './event-stream.ts'
import { peopleApi, type PeopleApi } from './people-api.ts'
import type { Proof } from './proof.ts'
import { parseError, parseHistory, parseMe, parseProof } from './wire.ts'
import type { HistoryMessage, Me } from './wire.ts'

export type Failure =
  /** Not logged in, or no longer. */
  | { readonly kind: 'unauthenticated' }
  /** Too many attempts: not before this many milliseconds. */
  | { readonly kind: 'held'; readonly retryAfterMs: number }
  /** The gateway said no, in words for people. */
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly message: string
      readonly requestId: string | null
    }
  /** No answer at all. */
  | { readonly kind: 'unreachable' }

export type Answer<Value> = { readonly kind: 'ok'; readonly value: Value } | Failure

export type Login = { readonly link: string } | { readonly secret: string }

export interface Api {
  whoami(): Promise<Answer<Me>>
  login(login: Login): Promise<Answer<null>>
  logout(where: 'here' | 'everywhere'): Promise<Answer<null>>
  history(): Promise<Answer<readonly HistoryMessage[]>>
  /** The events of one turn, or why there are none. `signal` gives the answer up. */
  send(message: string, signal: AbortSignal): Promise<Answer<AsyncIterable<StreamEvent>>>
  /** Asks the agent to stop; what it said so far stays. `null`: whatever runs in this conversation. */
  stop(runId: string | null): Promise<Answer<null>>
  /** Who asks and who may come in: for sessions that decide about it. */
  readonly people: PeopleApi
}

export interface ApiParts {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>
  readonly proof: Proof
  /** A call was turned away with 401, and this tab is logged out. */
  readonly onLoggedOut: () => void
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly accept?: string
  readonly signal?: AbortSignal
}

const MESSAGES = '/api/v1/agents/main/messages'
const CONVERSATION = '/api/v1/sessions/main'
const NOTHING = () => null

export function createApi(parts: ApiParts): Api {
  const { proof } = parts
  const read = <Value>(ask: Ask, parse: (json: unknown) => Value) => answer(ask, parts, parse)
  return {
    whoami: () => read({ method: 'GET', path: '/api/v1/whoami' }, parseMe),
    async login(login) {
      const response = await request(
        { method: 'POST', path: '/api/v1/session', body: login },
        parts,
      )
      if (!(response instanceof Response)) return response
      if (!response.ok) return failureOf(response)
      const parsed = await parsedFrom(response, parseProof)
      if (parsed.kind !== 'ok') return parsed
      proof.keep(parsed.value)
      return { kind: 'ok', value: null }
    },
    async logout(where) {
      const path = where === 'here' ? '/api/v1/session' : '/api/v1/session?everywhere=true'
      const ended = await read({ method: 'DELETE', path }, NOTHING)
      if (ended.kind === 'ok') proof.drop()
      return ended
    },
    history: () => read({ method: 'GET', path: `${CONVERSATION}/history` }, parseHistory),
    send: (message, signal) =>
      openStream({ method: 'POST', path: MESSAGES, body: { message }, signal }, parts),
    stop(runId) {
      const body = runId === null ? {} : { runId }
      return read({ method: 'POST', path: `${CONVERSATION}/abort`, body }, NOTHING)
    },
    people: peopleApi({ read, stream: (ask) => openStream(ask, parts) }),
  }
}

async function answer<Value>(
  ask: Ask,
  parts: ApiParts,
  parse: (json: unknown) => Value,
): Promise<Answer<Value>> {
  const response = await authenticated(ask, parts)
  if (!(response instanceof Response)) return response
  return parsedFrom(response, parse)
}

/** Something in front may answer in the gateway's place, with a login page of its own for instance. */
async function parsedFrom<Value>(
  response: Response,
  parse: (json: unknown) => Value,
): Promise<Answer<Value>> {
  try {
    return { kind: 'ok', value: parse(await response.json()) }
  } catch {
    const message =
      'The answer did not come from this gateway, or not from this version of it. Reload the page.'
    return { kind: 'refused', status: response.status, message, requestId: null }
  }
}

async function openStream(ask: Ask, parts: ApiParts): Promise<Answer<AsyncIterable<StreamEvent>>> {
  const response = await authenticated({ ...ask, accept: 'text/event-stream' }, parts)
  if (!(response instanceof Response)) return response
  if (response.body === null) return { kind: 'unreachable' }
  return { kind: 'ok', value: readEvents(response.body) }
}

/** A 401 ends the login of this tab, unless another tab has just logged in again: then once more. */
async function authenticated(ask: Ask, parts: ApiParts): Promise<Response | Failure> {
  const shown = parts.proof.get()
  const response = await request(ask, parts)
  if (!(response instanceof Response) || response.ok) return response
  if (response.status !== 401) return failureOf(response)
  if (parts.proof.get() !== shown && parts.proof.get() !== null) return authenticated(ask, parts)
  parts.proof.drop()
  parts.onLoggedOut()
  return { kind: 'unauthenticated' }
}

async function request(ask: Ask, { fetch, proof }: ApiParts): Promise<Response | Failure> {
  const shown = proof.get()
  try {
    return await fetch(ask.path, {
      method: ask.method,
      headers: {
        Accept: ask.accept ?? 'application/json',
        ...(shown !== null && { 'X-OpenClaw-Session-Proof': shown }),
        ...(ask.body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
      ...(ask.signal !== undefined && { signal: ask.signal }),
      // Whatever the page is made to ask for, the proof cannot leave for another origin.
      mode: 'same-origin',
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
    })
  } catch {
    return { kind: 'unreachable' }
  }
}

async function failureOf(response: Response): Promise<Failure> {
  if (response.status === 401) return { kind: 'unauthenticated' }
  const { message, requestId } = parseError(await response.json().catch(() => null))
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  if (response.status === 429 && Number.isFinite(seconds)) {
    return { kind: 'held', retryAfterMs: seconds * 1000 }
  }
  const said = message ?? `The gateway answered ${response.status}.`
  return { kind: 'refused', status: response.status, message: said, requestId }
}

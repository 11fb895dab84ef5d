/** One stretch of connections to a gateway by the wire's reference client, which comes back by itself until it is refused. */
import {
  GatewayClient,
  GatewayClientRequestError,
  type GatewayClientHostDeps,
} from '@openclaw/gateway-client'
import type { Secret } from '../core/secret.ts'
import type { NodeHost } from './node-host.ts'
import type { GatewayRefusal, Tell } from './types.ts'

export interface SessionParts {
  /** `ws:` or `wss:`. */
  readonly url: string
  readonly hostDeps: GatewayClientHostDeps
  /** For its first connection; after that, and without one, this machine's device token is shown. */
  readonly credential: NodeCredential | null
  readonly displayName: string
  readonly version: string
  /** What is claimed. */
  readonly commands: readonly string[]
  readonly host: NodeHost
  readonly tell: Tell
  /** `first`: it ends with the connection, or when there is none. */
  readonly connections: 'first' | 'all'
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface NodeCredential {
  readonly kind: 'token' | 'setup-code'
  readonly secret: Secret
}

export type SessionEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly refusal: GatewayRefusal; readonly wasConnected: boolean }
  | { readonly kind: 'broken'; readonly detail: string }

/** How long a gateway may take to take an answer. */
const ANSWER_MS = 5_000
const MAX_DETAIL = 300

export async function runSession(parts: SessionParts): Promise<SessionEnd> {
  const { host, tell, signal, connections } = parts
  const ended = Promise.withResolvers<SessionEnd>()
  const state = {
    connected: false,
    wasConnected: false,
    paused: false,
    said: '',
    error: new Error('no answer'),
  }
  const giveUp = (): void => {
    const { error, wasConnected } = state
    if (error instanceof GatewayClientRequestError)
      ended.resolve({ kind: 'refused', refusal: error, wasConnected })
    else ended.resolve({ kind: 'broken', detail: error.message })
  }
  /** While a gateway is away, every attempt fails in the same words. */
  const notReached = (): void => {
    const detail = state.error.message.slice(0, MAX_DETAIL)
    if (state.paused || signal.aborted || connections === 'first' || detail === state.said) return
    state.said = detail
    tell({ kind: 'not-reached', detail })
  }
  const client: GatewayClient = new GatewayClient({
    url: parts.url,
    hostDeps: parts.hostDeps,
    ...shown(parts.credential),
    clientName: 'node-host',
    mode: 'node',
    role: 'node',
    scopes: [],
    caps: [],
    commands: [...parts.commands],
    clientDisplayName: parts.displayName,
    clientVersion: parts.version,
    onHelloOk() {
      state.connected = state.wasConnected = true
      state.said = ''
      tell({ kind: 'connected' })
    },
    onEvent({ event, payload }) {
      if (event === 'node.invoke.request')
        host.request(payload, (result) =>
          client.request('node.invoke.result', result, { timeoutMs: ANSWER_MS }),
        )
      if (event === 'node.invoke.cancel') host.cancel(payload)
    },
    onConnectError(error) {
      state.error = error
      if (connections === 'first') giveUp()
    },
    onClose(code, reason) {
      if (!state.connected) return notReached()
      state.connected = false
      if (signal.aborted) return
      if (connections === 'all') tell({ kind: 'disconnected', code, reason })
      else ended.resolve({ kind: 'broken', detail: `it closed the connection (${code} ${reason})` })
    },
    onReconnectPaused() {
      state.paused = true
      giveUp()
    },
  })
  const stop = () => ended.resolve({ kind: 'stopped' })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  else client.start()

  const end = await ended.promise
  signal.removeEventListener('abort', stop)
  // It waits a second for a goodbye, and then goes without.
  await client.stopAndWait().catch(() => undefined)
  return end
}

/** The client's `preferBootstrapToken` means: this is for the first hello; from then on the device token alone. */
function shown(credential: NodeCredential | null) {
  if (credential === null) return {}
  const secret = credential.secret.reveal()
  const field = credential.kind === 'token' ? { token: secret } : { bootstrapToken: secret }
  return { ...field, preferBootstrapToken: true }
}

/** The first thing an admitted client hears: what it may call, and how the gateway is (PROTOCOL 2.11). */
import { holds } from '../../access/scopes.ts'
import type { MethodName } from '../../access/types.ts'
import { resultOf } from './frame-text.ts'
import type { Admitted } from './judge-connect.ts'
import type { Parts } from './parts.ts'
import type { Presence } from './presence.ts'

/** What a newcomer is told besides what this folder knows. */
export interface HelloSources {
  /** Names of the events that this gateway publishes. */
  readonly events: readonly string[]
  /** The same object until it changed. */
  readonly health: () => object
  readonly uptimeMs: () => number
  /** Optional members of `snapshot` (`sessionDefaults`); `configPath`, `stateDir`, `authMode` for administrators only. */
  readonly snapshot: (viewer: 'administrator' | 'other') => object
}

/** Events of this folder itself. */
const OWN_EVENTS = ['connect.challenge', 'tick', 'shutdown'] as const

export interface Hello {
  /** The response frame. `id`: of the `connect` request. */
  text(id: string, admitted: Admitted, connectionId: string): string
}

export function makeHello(sources: HelloSources, presence: Presence, parts: Parts): Hello {
  const { gateway, limits, methods } = parts
  const events = [...new Set([...OWN_EVENTS, ...sources.events])]
  const features = JSON.stringify({ methods: [...methods.keys()], events })
  const policy = JSON.stringify({
    maxPayload: limits.frameBytes,
    maxBufferedBytes: limits.bufferedBytes,
    tickIntervalMs: limits.tickMs,
  })
  const version = JSON.stringify(gateway.version)
  const health = keptText(sources.health)

  const snapshotOf = ({ scopes }: Admitted['decision']['principal']): string => {
    const reads = holds(scopes, 'operator.read')
    const kept = health()
    const viewer = holds(scopes, 'operator.admin') ? 'administrator' : 'other'
    const extras = reads ? JSON.stringify(sources.snapshot(viewer)).slice(1, -1) : ''
    return (
      `{"presence":${reads ? presence.toldText() : '[]'},"health":${reads ? kept.text : '{}'},` +
      `"stateVersion":{"presence":${presence.version},"health":${kept.version}},` +
      `"uptimeMs":${Math.max(0, Math.round(sources.uptimeMs()))}${extras === '' ? '' : `,${extras}`}}`
    )
  }
  return {
    text(id, { protocol, decision, issued, bySetupCode }, connectionId) {
      const { principal, method } = decision
      const auth = JSON.stringify({
        role: principal.role,
        scopes: shownScopes(protocol, principal.scopes, issued),
        method: bySetupCode ? 'bootstrap-token' : WIRE_METHODS[method],
        ...tokensIn(issued),
      })
      return resultOf(
        id,
        `{"type":"hello-ok","protocol":${protocol},"server":{"version":${version},"connId":"${connectionId}"},` +
          `"features":${features},"snapshot":${snapshotOf(principal)},"auth":${auth},"policy":${policy}}`,
      )
    },
  }
}

/**
 * Clients of protocol 3 keep these as the scopes of their token, and never ask it for others: they are shown what it
 * was given, not what this connection asked for. Later ones are shown what this connection may.
 */
function shownScopes(
  protocol: number,
  asked: readonly string[],
  [own]: Admitted['issued'],
): readonly string[] {
  return protocol === 3 && own !== undefined ? own.scopes : asked
}

/** The one moment in which a token leaves the gateway: to the device that it is for. */
function tokensIn([own, ...others]: Admitted['issued']): object {
  if (own === undefined) return {}
  const shown = others.map(({ token, role, scopes, issuedAt }) => ({
    deviceToken: token.reveal(),
    role,
    scopes,
    issuedAtMs: issuedAt,
  }))
  return {
    deviceToken: own.token.reveal(),
    issuedAtMs: own.issuedAt,
    ...(shown.length > 0 && { deviceTokens: shown }),
  }
}

/** The wire's clients know these names alone (PROTOCOL 2.6): a key or a session is to them a token that worked. */
const WIRE_METHODS: Record<MethodName, string> = {
  session: 'token',
  'device-token': 'device-token',
  'bootstrap-token': 'bootstrap-token',
  token: 'token',
  'api-key': 'token',
  password: 'password',
  tailscale: 'tailscale',
  'trusted-proxy': 'trusted-proxy',
  local: 'none',
  none: 'none',
}

/** The text of a value that is asked for often and seldom new, and how often it was new. */
function keptText(source: () => object): () => { readonly text: string; readonly version: number } {
  const kept = { value: source(), text: '', version: 1 }
  kept.text = JSON.stringify(kept.value)
  return () => {
    const value = source()
    if (value !== kept.value) {
      kept.value = value
      kept.text = JSON.stringify(value)
      kept.version += 1
    }
    return kept
  }
}

/** What a line of the record leaves open of a request: for each fact, the values that it may have had. */
import type { Listener, MethodName, PresentedClass, DeviceClaim } from '../../access/types.ts'
import type { Secret } from '../../core/secret.ts'
import type { StoredRequest } from '../../record/entries.ts'
import type { NetworkPolicy } from '../evidence.ts'
import { isForwardingHeader } from '../forwarding.ts'

/** The values that a fact may have had: one where it is known. */
export interface Open<Value> {
  /** For people, where it stays open. */
  readonly what: string
  readonly values: readonly Value[]
}

export interface ShownParts {
  readonly network: NetworkPolicy
  /** Names of headers that counted as evidence when it was recorded: in the configuration as it is. */
  readonly named: ReadonlySet<string>
  /** Whether the configuration as it is trusts this peer to forward. */
  readonly trusted: (peer: string) => boolean
  /** Users that the rules treat apart. */
  readonly users: readonly string[]
  /** The secret with this fingerprint, or one that stands for it. */
  readonly secretOf: (cls: PresentedClass, fingerprint: string) => Secret
  /** The full id of a device by its first 12 hex; made up where nobody knows it. */
  readonly deviceOf: (short: string) => Pick<DeviceClaim, 'id' | 'publicKey'>
}

/** Without an Origin only a foreign page is refused for it; beside one it may say anything. */
export function siteOf(entry: StoredRequest): Open<string | null> {
  const what = 'what its browser said of the page'
  if (entry.origin === null)
    return { what, values: [entry.code === 'origin_not_allowed' ? 'cross-site' : null] }
  const local = acceptedBy(entry, 'local') ?? acceptedBy(entry, 'none')
  return { what, values: local === null ? [null, 'cross-site'] : [null] }
}

const LISTENERS: readonly Listener[] = ['tcp', 'owner', 'tailscale', 'bridge']

export function listenerOf({ via, surface }: StoredRequest): Open<Listener> {
  const what = 'which of the gateway’s ports took it'
  if (surface === 'owner') return { what, values: ['owner'] }
  const found = LISTENERS.filter((one) => one === via)
  return { what, values: found.length > 0 ? found : ['tcp', 'tailscale', 'bridge'] }
}

/** Somebody whom no list names. */
export const NOBODY_LISTED = 'replay.invalid/nobody-listed'

export function proxyUserOf(
  entry: StoredRequest,
  { network, named, users }: ShownParts,
): Open<string> {
  const what = 'whom the proxy named'
  const { userHeader } = network
  if (userHeader === null) return { what, values: [''] }
  const user = acceptedBy(entry, 'trusted-proxy')
  if (user !== null && named.has(userHeader)) return { what, values: [user] }
  const noted = named.has(userHeader) || isForwardingHeader(userHeader)
  if (noted && !entry.forwarding.includes(userHeader)) return { what, values: [''] }
  const said = entry.trace.some(({ reason }) => reason === 'trusted_proxy_user_missing')
  if (said && named.has(userHeader)) return { what, values: [''] }
  return { what, values: ['', NOBODY_LISTED, ...users] }
}

export function missingIn(
  { forwarding, code, trace }: StoredRequest,
  { network, named }: ShownParts,
): Open<readonly string[]> {
  const what = 'which of the required headers came'
  const blank = new Set(
    trace.flatMap(({ reason, detail }) =>
      reason === 'trusted_proxy_missing_header' && detail !== null ? [detail] : [],
    ),
  )
  const isMissing = (name: string): boolean =>
    blank.has(name) || code === `trusted_proxy_missing_header_${name}` || !forwarding.includes(name)
  const open = network.requiredHeaders.filter(
    (name) => !forwarding.includes(name) && !named.has(name) && !isForwardingHeader(name),
  )
  const missing = network.requiredHeaders.filter((name) => !open.includes(name) && isMissing(name))
  return { what, values: open.length === 0 ? [missing] : [missing, [...missing, ...open]] }
}

export function loginOf(entry: StoredRequest): Open<string> {
  const what = 'whom Tailscale named'
  const login = acceptedBy(entry, 'tailscale')
  if (login !== null) return { what, values: [login] }
  const { forwarding } = entry
  return { what, values: [forwarding.includes('tailscale-user-login') ? NOBODY_LISTED : ''] }
}

/** Whom this method let in, device or not; `null` when it did not. */
export function acceptedBy({ trace }: StoredRequest, method: MethodName): string | null {
  return trace.find(({ step, verdict }) => step === method && verdict === 'accept')?.detail ?? null
}

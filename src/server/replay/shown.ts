/**
 * What a line of the record still says of a request: its evidence, with every fact that the record does not hold left open.
 *
 * An open fact has several values that it may have had; whoever judges tries each of them, and guesses none.
 */
import { SCOPES, type Scope } from '../../access/scopes.ts'
import type {
  Credential,
  DeviceClaim,
  Evidence,
  Listener,
  MethodName,
  PresentedClass,
  Role,
} from '../../access/types.ts'
import { isLoopback } from '../../core/address.ts'
import type { Secret } from '../../core/secret.ts'
import type { StoredRequest } from '../../record/entries.ts'
import { isPort } from '../connection.ts'
import type { NetworkPolicy } from '../evidence.ts'
import { isForwardingHeader } from '../forwarding.ts'
import { parseHost } from '../strict-http.ts'

/** The values that a fact may have had: one where it is known. */
export interface Open<Value> {
  /** For people, where it stays open. */
  readonly what: string
  readonly values: readonly Value[]
}

export interface Shown {
  /** Complete but for the members below. */
  readonly evidence: Omit<Evidence, 'listener' | 'claims' | 'browser' | 'credentials'>
  readonly credentials: Open<readonly Credential[]>
  readonly listener: Open<Listener>
  readonly proxyUser: Open<string>
  readonly missingHeaders: Open<readonly string[]>
  readonly login: Open<string>
  readonly origin: string | null
  readonly site: Open<string | null>
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

/** A string in words: why nothing can be made of this line. */
export function shownIn(entry: StoredRequest, parts: ShownParts): Shown | string {
  if (entry.trace.some(({ verdict }) => verdict === 'held'))
    return 'it came while its address was locked, and was not compared'
  const host = parseHost(entry.host)
  if (host === null) return 'its Host is not in the record'
  const connect = entry.operation === 'connect'
  if (connect && entry.wish === undefined)
    return 'what the connection asked for is not in the record: the line is of an older version'
  const { network } = parts
  const { wish, forwarding, peer } = entry
  const role = roleOf(wish?.role ?? null)
  const trusted = network.isTrusted(peer)
  const loopback = isLoopback(peer)
  return {
    evidence: {
      transport: connect ? 'websocket' : 'http',
      peer: {
        address: peer,
        port: 0,
        loopback,
        trusted,
        ownInterface: trusted && !loopback && network.isOwnInterface(peer),
      },
      clientAddress: entry.client,
      forwarding,
      host,
      scopesHeader: scopesOf(wish?.cap),
      requestedScopes: scopesOf(wish?.scopes),
      requestedRole: role,
      device: deviceIn(entry, parts),
      controlUi: wish?.ui === true,
      agent: '',
    },
    credentials: credentialsIn(entry, parts),
    listener: listenerOf(entry),
    proxyUser: proxyUserOf(entry, parts),
    missingHeaders: missingIn(entry, parts),
    login: loginOf(entry),
    origin: entry.origin,
    site: siteOf(entry),
  }
}

/** With every open fact settled. */
export function settled(
  { evidence, origin }: Shown,
  chosen: {
    readonly credentials: readonly Credential[]
    readonly listener: Listener
    readonly site: string | null
    readonly proxyUser: string
    readonly missingHeaders: readonly string[]
    readonly login: string
  },
): Evidence {
  const { forwarding, peer, clientAddress } = evidence
  const came = (name: string): boolean => forwarding.includes(name)
  const serve = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'].every(came)
  const onPort = isPort(chosen.listener)
  return {
    ...evidence,
    credentials: chosen.credentials,
    listener: chosen.listener,
    peer: { ...peer, trusted: peer.trusted && onPort },
    browser: {
      origin,
      site: chosen.site,
      scheme: forwarding.length === 0 && onPort ? 'http' : null,
      navigation: false,
    },
    claims: {
      proxyUser: peer.trusted && onPort ? chosen.proxyUser : '',
      missingHeaders: chosen.missingHeaders,
      tailscaleLogin: chosen.login,
      tailscaleName: '',
      tailscaleFunnel: came('tailscale-funnel-request'),
      serveHeaders: serve,
      forwardedAddress: serve ? clientAddress : null,
    },
  }
}

/** Without an Origin only a foreign page is refused for it; beside one it may say anything. */
function siteOf(entry: StoredRequest): Open<string | null> {
  const what = 'what its browser said of the page'
  if (entry.origin === null)
    return { what, values: [entry.code === 'origin_not_allowed' ? 'cross-site' : null] }
  const local = acceptedBy(entry, 'local') ?? acceptedBy(entry, 'none')
  return { what, values: local === null ? [null, 'cross-site'] : [null] }
}

const LISTENERS: readonly Listener[] = ['tcp', 'owner', 'tailscale', 'bridge']

function listenerOf({ via, surface }: StoredRequest): Open<Listener> {
  const what = 'which of the gateway’s ports took it'
  if (surface === 'owner') return { what, values: ['owner'] }
  const found = LISTENERS.filter((one) => one === via)
  return { what, values: found.length > 0 ? found : ['tcp', 'tailscale', 'bridge'] }
}

/** Somebody whom no list names. */
export const NOBODY_LISTED = 'replay.invalid/nobody-listed'

function proxyUserOf(entry: StoredRequest, { network, named, users }: ShownParts): Open<string> {
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

function missingIn(
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

function loginOf(entry: StoredRequest): Open<string> {
  const what = 'whom Tailscale named'
  const login = acceptedBy(entry, 'tailscale')
  if (login !== null) return { what, values: [login] }
  const { forwarding } = entry
  return { what, values: [forwarding.includes('tailscale-user-login') ? NOBODY_LISTED : ''] }
}

const CLASS_OF: Readonly<Partial<Record<MethodName, PresentedClass>>> = {
  session: 'session',
  'device-token': 'device',
  'bootstrap-token': 'device',
  token: 'shared',
  password: 'shared',
  'api-key': 'api-key',
}

/** A string that was presented. */
interface PresentedOne {
  readonly cls: PresentedClass
  readonly fingerprint: string
  /** Of a cookie: whether its proof was right, as far as the line says. */
  readonly proof: 'right' | 'wrong' | 'open'
}

/** Every string that was presented has its fingerprint in the line, right or wrong. */
function credentialsIn(
  { trace, failures }: StoredRequest,
  { secretOf }: ShownParts,
): Open<readonly Credential[]> {
  const right = trace.flatMap(({ step, verdict, reason, detail }): readonly PresentedOne[] => {
    const cls = CLASS_OF[step as MethodName]
    const [fingerprint] = /^(?:sha256|hmac):[0-9a-f]{8}/.exec(detail ?? '') ?? []
    const counts = verdict === 'accept' || reason === 'token_browned_out'
    if (cls === undefined || fingerprint === undefined || !counts) return []
    return [{ cls, fingerprint, proof: 'right' }]
  })
  const wrong = failures.flatMap(
    ({ class: name, fingerprint, reason }): readonly PresentedOne[] => {
      const cls = CLASSES.find((one) => one === name)
      return cls === undefined ? [] : [{ cls, fingerprint, proof: proofBy(reason) }]
    },
  )
  const all = [...wrong, ...right]
  const as = (proven: boolean): readonly Credential[] =>
    all.map(({ cls, fingerprint, proof }) => {
      const secret = secretOf(cls, fingerprint)
      const holds = proof === 'right' || (proof === 'open' && proven)
      return { class: cls, secret, sources: ['the record'], proof: holds ? secret : null }
    })
  const open = all.some(({ proof }) => proof === 'open')
  return {
    what: 'whether the proof beside the cookie was right',
    values: open ? [as(false), as(true)] : [as(true)],
  }
}

const CLASSES: readonly PresentedClass[] = ['shared', 'device', 'api-key', 'session']

/** Of a session: what was wrong with it tells of its proof, unless it was never looked at. */
function proofBy(reason: string): PresentedOne['proof'] {
  if (reason === 'session_expired' || reason === 'session_secret_gone') return 'right'
  return reason === 'session_unknown' ? 'wrong' : 'open'
}

function deviceIn({ wish }: StoredRequest, { deviceOf }: ShownParts): DeviceClaim | null {
  const short = wish?.device ?? null
  if (short === null) return null
  if (short !== 'invalid') return { ...deviceOf(short), proof: { kind: 'valid' } }
  return { id: '', publicKey: '', proof: { kind: 'invalid', reason: 'device_signature_invalid' } }
}

/** Whom this method let in, device or not; `null` when it did not. */
export function acceptedBy({ trace }: StoredRequest, method: MethodName): string | null {
  return trace.find(({ step, verdict }) => step === method && verdict === 'accept')?.detail ?? null
}

function roleOf(role: string | null): Role | null {
  return (['operator', 'node', 'webchat'] as const).find((one) => one === role) ?? null
}

function scopesOf(names: readonly string[] | null | undefined): readonly Scope[] | null {
  return names === null || names === undefined
    ? null
    : names.flatMap((name) => SCOPES.find((scope) => scope === name) ?? [])
}

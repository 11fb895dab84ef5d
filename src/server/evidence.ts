/** Turns a connection and its request into Evidence. The only reader of forwarding and identity headers. */
import type { IncomingMessage } from 'node:http'
import { parseScopes } from './scopes-header.ts'
import type { Claims, Credential, Evidence, Peer } from '../access/types.ts'
import { connectionOf, isPort, peerOf, type Connection } from './connection.ts'
import { presentedIn, sessionIn, toCredentials } from './credentials.ts'
import { attributeClient, hopAddress, isForwardingHeader } from './forwarding.ts'
import { malformed, parseHost } from './strict-http.ts'

/** What evidence depends on besides the request: swapped whole on reload. */
export interface NetworkPolicy {
  isTrusted(address: string): boolean
  isOwnInterface(address: string): boolean
  /** Lower-case; `null` without a trusted-proxy configuration. */
  readonly userHeader: string | null
  readonly requiredHeaders: readonly string[]
  /** userHeader, requiredHeaders and the header of a signed assertion: forwarding evidence too. */
  readonly identityHeaders: ReadonlySet<string>
  /** Headers of which two are refused. */
  readonly singleHeaders: ReadonlySet<string>
  readonly passwordLive: boolean
}

/** A request that says more, or less, than one thing: nothing about it can be judged. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly reason: 'malformed_request' | 'malformed_evidence'
  /** In words, for the record. */
  readonly detail: string
}

export type Collected = { readonly kind: 'evidence'; readonly evidence: Evidence } | Malformed

/** The parts of a request that evidence is made of. */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>

/** Of a request that came over a listener of ours. */
export function collectEvidence(
  request: IncomingMessage,
  transport: Evidence['transport'],
  network: NetworkPolicy,
): Collected {
  return evidenceFrom(request, { connection: connectionOf(request.socket), transport }, network)
}

/** The same for a request that nobody sent: `auth explain` asks what would become of it. */
export function evidenceFrom(
  request: RequestHead,
  {
    connection,
    transport,
  }: { readonly connection: Connection; readonly transport: Evidence['transport'] },
  network: NetworkPolicy,
): Collected {
  const broken = malformed(request, network.singleHeaders)
  const host = parseHost(request.headers.host ?? '')
  if (broken !== null || host === null)
    return { kind: 'malformed', reason: 'malformed_request', detail: broken ?? NO_HOST_AND_PORT }

  const peer = peerOf(connection, network)
  const { headers } = request
  const forwardedFor = single(headers['x-forwarded-for'])
  const client = attributeClient(peer, forwardedFor, (address) => network.isTrusted(address))
  if (client.kind === 'malformed')
    return { kind: 'malformed', reason: 'malformed_evidence', detail: client.detail }

  const forwarding = forwardingIn(request.headers, network)
  const evidence: Evidence = {
    transport,
    listener: connection.listener,
    peer,
    clientAddress: client.address,
    forwarding,
    host,
    browser: {
      origin: headers.origin ?? null,
      site: single(headers['sec-fetch-site']) ?? null,
      scheme: forwarding.length === 0 && isPort(connection.listener) ? 'http' : null,
      navigation: request.method === 'GET' && headers['sec-fetch-mode'] === 'navigate',
    },
    claims:
      forwarding.length === 0 && network.requiredHeaders.length === 0
        ? NO_CLAIMS
        : claimsIn(request, peer, network),
    credentials: credentialsIn(headers, connection, network.passwordLive),
    scopesHeader: parseScopes(single(headers['x-openclaw-scopes'])),
    requestedScopes: null,
    requestedRole: null,
    device: null,
    controlUi: false,
    agent: (headers['user-agent'] ?? '').slice(0, 100),
  }
  return { kind: 'evidence', evidence }
}

const NO_HOST_AND_PORT = 'a Host header that is no host and port'

/** Almost every request presents one Authorization header and nothing else, the same as the one before it. */
function credentialsIn(
  headers: RequestHead['headers'],
  connection: Connection,
  passwordLive: boolean,
): readonly Credential[] {
  const { authorization } = headers
  const alone =
    headers['x-openclaw-password'] === undefined &&
    headers['x-api-key'] === undefined &&
    headers.cookie === undefined
  if (!alone || authorization === undefined) {
    const proof = single(headers['x-openclaw-session-proof'])
    return toCredentials(
      presentedIn(headers, passwordLive),
      sessionIn(headers.cookie, proof, 'session cookie and proof'),
    )
  }
  const known = connection.presented
  if (known !== null && known.header === authorization && known.passwordLive === passwordLive)
    return known.credentials
  const credentials = toCredentials(presentedIn(headers, passwordLive), null)
  connection.presented = { header: authorization, passwordLive, credentials }
  return credentials
}

const NOTHING: readonly string[] = []

function forwardingIn(
  headers: IncomingMessage['headers'],
  { identityHeaders }: NetworkPolicy,
): readonly string[] {
  const names: string[] = []
  for (const name in headers) {
    if (isForwardingHeader(name) || identityHeaders.has(name)) names.push(name)
  }
  return names.length === 0 ? NOTHING : names
}

const NO_CLAIMS: Claims = {
  proxyUser: '',
  missingHeaders: [],
  tailscaleLogin: '',
  tailscaleName: '',
  tailscaleFunnel: false,
  serveHeaders: false,
  forwardedAddress: null,
}

function claimsIn(
  { headers }: RequestHead,
  peer: Peer,
  { userHeader, requiredHeaders }: NetworkPolicy,
): Claims {
  const text = (name: string): string => (single(headers[name]) ?? '').trim()
  const forwardedFor = text('x-forwarded-for')
  const serveHeaders =
    forwardedFor !== '' && text('x-forwarded-proto') !== '' && text('x-forwarded-host') !== ''
  return {
    proxyUser: userHeader !== null && peer.trusted ? nameIn(text(userHeader)) : '',
    missingHeaders: requiredHeaders.filter((name) => text(name) === ''),
    tailscaleLogin: nameIn(text('tailscale-user-login')),
    tailscaleName: text('tailscale-user-name'),
    tailscaleFunnel: headers['tailscale-funnel-request'] !== undefined,
    serveHeaders,
    forwardedAddress: serveHeaders ? hopAddress(forwardedFor) : null,
  }
}

/** Longer than any login that exists (RFC 5321 allows an address 254): nobody's name. */
const MAX_LOGIN = 320

function nameIn(text: string): string {
  return text.length > MAX_LOGIN ? '' : text
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

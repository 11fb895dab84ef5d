/**
 * What a line of the record still says of a request: its evidence, with every fact that the record does not hold left open.
 *
 * An open fact has several values that it may have had; whoever judges tries each of them, and guesses none.
 */
import { SCOPES, type Scope } from '../../access/scopes.ts'
import type { Credential, DeviceClaim, Evidence, Listener, Role } from '../../access/types.ts'
import { isLoopback } from '../../core/address.ts'
import type { StoredRequest } from '../../record/entries.ts'
import { isPort } from '../connection.ts'
import { parseHost } from '../strict-http.ts'
import {
  listenerOf,
  loginOf,
  missingIn,
  proxyUserOf,
  siteOf,
  type Open,
  type ShownParts,
} from './open-facts.ts'
import { credentialsIn } from './presented.ts'

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

function deviceIn({ wish }: StoredRequest, { deviceOf }: ShownParts): DeviceClaim | null {
  const short = wish?.device ?? null
  if (short === null) return null
  if (short !== 'invalid') return { ...deviceOf(short), proof: { kind: 'valid' } }
  return { id: '', publicKey: '', proof: { kind: 'invalid', reason: 'device_signature_invalid' } }
}

function roleOf(role: string | null): Role | null {
  return (['operator', 'node', 'webchat'] as const).find((one) => one === role) ?? null
}

function scopesOf(names: readonly string[] | null | undefined): readonly Scope[] | null {
  return names === null || names === undefined
    ? null
    : names.flatMap((name) => SCOPES.find((scope) => scope === name) ?? [])
}

/** Vocabulary of the access decision. Types only: the rest of this folder is functions over them. */
import type { Secret } from '../core/secret.ts'
import type { Brownouts } from './brownout.ts'
import type { Devices } from './devices.ts'
import type { Reason } from './reasons.ts'
import type { Scope } from './scopes.ts'

/** Which of our sockets accepted the connection. `owner` is the Unix socket in the state dir, `tailscale` the listener behind Serve, `bridge` the nodes' own port. */
export type Listener = 'tcp' | 'owner' | 'tailscale' | 'bridge'

/** The other end of the accepted socket, as the kernel reports it. The caller can forge none of it. */
export interface Peer {
  /** Canonical; `local` on the owner's socket. */
  readonly address: string
  readonly port: number
  readonly loopback: boolean
  /** Listed in gateway.trustedProxies. */
  readonly trusted: boolean
  /** A non-loopback address of this very host. */
  readonly ownInterface: boolean
}

/** Host header, lower-case, brackets and port taken off. */
export interface Host {
  readonly name: string
  readonly port: string
}

/** What a browser says of the page that sends the request. */
export interface Browser {
  /** The Origin header as received; `null` when there is none. */
  readonly origin: string | null
  /** Sec-Fetch-Site; `null` when there is none. */
  readonly site: string | null
  /** What we terminate: `http` for a direct caller, `null` behind any proxy, which alone knows. */
  readonly scheme: 'http' | 'https' | null
  /** A GET with `Sec-Fetch-Mode: navigate`: a link or the address bar, not a script. */
  readonly navigation: boolean
}

export type CredentialClass =
  | 'shared'
  | 'device'
  | 'api-key'
  | 'session'
  | 'proxy'
  | 'tailscale'
  /** Signatures and tokens of chat networks: a wrong one there locks nobody out here. */
  | 'webhook'
export type PresentedClass = Exclude<CredentialClass, 'proxy' | 'tailscale' | 'webhook'>

/** One string that the caller presented, wherever and however often. Its form decides its class. */
export interface Credential {
  readonly class: PresentedClass
  readonly secret: Secret
  /** Where it stood: `authorization`, `x-api-key`, `connect.auth.token` … in words for the trace. */
  readonly sources: readonly string[]
  /** The second half of a web session; `null` for all others. */
  readonly proof: Secret | null
}

/** Identity headers of proxies and of Tailscale. Claims, until a method has weighed them. */
export interface Claims {
  /** Value of the configured userHeader, trimmed; `''` when missing or blank. */
  readonly proxyUser: string
  /** Lower-case names of configured requiredHeaders that are missing or blank. */
  readonly missingHeaders: readonly string[]
  readonly tailscaleLogin: string
  readonly tailscaleName: string
  readonly tailscaleFunnel: boolean
  /** X-Forwarded-For, -Proto and -Host are all there. */
  readonly serveHeaders: boolean
  /** The one address of X-Forwarded-For as Serve writes it; `null` without the others, or when it is not exactly one address. */
  readonly forwardedAddress: string | null
}

/** Every fact known about one request before anything is decided. Collected once, at the edge; never changed. */
export interface Evidence {
  readonly transport: 'http' | 'websocket'
  readonly listener: Listener
  readonly peer: Peer
  /** Whom the request is attributed to (SPEC 2.1); canonical. */
  readonly clientAddress: string
  /** Lower-case names of the forwarding headers that came; content does not matter here. */
  readonly forwarding: readonly string[]
  readonly host: Host
  readonly browser: Browser
  readonly claims: Claims
  readonly credentials: readonly Credential[]
  /** `x-openclaw-scopes`: `null` when absent, `[]` when empty. */
  readonly scopesHeader: readonly Scope[] | null
  /** What the client calls itself: User-Agent, or the id in `connect`. For people; it decides nothing (R07). */
  readonly agent: string
  /** Scopes that `connect` asks for; `null` over HTTP, where everything granted is meant. */
  readonly requestedScopes: readonly Scope[] | null
  /** The role that `connect` asks for; `null` over HTTP, where the principal's own is meant. */
  readonly requestedRole: Role | null
  /** The device that `connect` shows, its proof checked; `null` without one, and over HTTP. */
  readonly device: DeviceClaim | null
  /** The client calls itself the Control UI: behind a proxy or tailnet that has named its user it needs no pairing (S4). */
  readonly controlUi: boolean
}

/** A device identity as a client shows it (PROTOCOL 2.4). Only with a valid proof is it more than a claim. */
export interface DeviceClaim {
  /** Lower-case hex SHA-256 of the raw public key. */
  readonly id: string
  /** Raw Ed25519 key, base64url without padding; `''` when what came is no key. */
  readonly publicKey: string
  readonly proof: DeviceProof
}

export type DeviceProof =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly reason: DeviceProofReason }

export type DeviceProofReason =
  | 'device_id_mismatch'
  | 'device_signature_expired'
  | 'device_nonce_missing'
  | 'device_nonce_mismatch'
  | 'device_signature_invalid'
  | 'device_key_invalid'

/** Facts that cost a look outside the process; asked for only when the decision turns on them. */
export interface Facts {
  /** Whether the kernel's table says that the peer's socket is alive and whose it is. */
  readonly peerOwner: PeerOwner | undefined
  readonly tailnet: TailnetAnswer | undefined
}
export type PeerOwner = { readonly kind: 'uid'; readonly uid: number } | { readonly kind: 'none' }
export type TailnetAnswer =
  | { readonly kind: 'user'; readonly login: string; readonly displayName: string }
  | { readonly kind: 'unknown-address' }
  | { readonly kind: 'unavailable'; readonly detail: string }
export const NO_FACTS: Facts = { peerOwner: undefined, tailnet: undefined }

/** `sender`: a person on a chat network; no request comes from one, only messages. */
export type PrincipalKind = 'owner' | 'shared' | 'device' | 'api-key' | 'user' | 'sender'
export type Role = 'operator' | 'node' | 'webchat'

/** Who was authenticated. */
export interface Principal {
  readonly kind: PrincipalKind
  /** `owner`, `token`, `password`, an API key's id, a user's login. */
  readonly id: string
  readonly displayName: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** What to revoke, and what a rotation looks for: a digest, a key id, a session id; never the secret. `null` for identities. */
  readonly credentialId: string | null
}

export type MethodName =
  | 'session'
  | 'device-token'
  | 'bootstrap-token'
  | 'token'
  | 'api-key'
  | 'password'
  | 'tailscale'
  | 'trusted-proxy'
  | 'local'
  | 'none'

/** What one method says of one request. */
export type Verdict =
  | { readonly kind: 'abstain' }
  | { readonly kind: 'accept'; readonly principal: Principal }
  | { readonly kind: 'reject'; readonly reason: Reason; readonly detail?: string }

/** One line of the trace: which method was asked, of which credential, and what it said. */
export interface TraceStep {
  readonly step: MethodName | 'screen' | 'limit' | 'scope' | 'device' | 'sender'
  readonly verdict: 'abstain' | 'accept' | 'reject' | 'held'
  readonly reason: Reason | null
  /** In words, for people: header names, an address, a fingerprint; never a secret. */
  readonly detail: string | null
}

/** A credential that nobody accepted. */
export interface Failure {
  readonly class: CredentialClass
  readonly reason: Reason
  readonly fingerprint: string
}

/** Where wrong guesses of this caller are counted (SPEC 2.4). */
export type GuessAccount = 'address' | 'loopback'

export type Decision =
  | {
      readonly kind: 'allowed'
      readonly principal: Principal
      readonly method: MethodName
      /** Class whose count a clean success clears; `null` for local callers. */
      readonly class: CredentialClass | null
      /** Fingerprint of the credential; `null` where an identity or the socket answered. */
      readonly fingerprint: string | null
      readonly failures: readonly Failure[]
      readonly account: GuessAccount
      /** Whom guesses are counted against and the record names. */
      readonly clientAddress: string
      readonly trace: readonly TraceStep[]
      /** The approved device that came in; `null` where no device plays a part. */
      readonly device: AdmittedDevice | null
    }
  | {
      readonly kind: 'denied'
      readonly reason: Reason
      /** `trusted_proxy_missing_header_x-forwarded-proto`: the reason with what varies. */
      readonly code: string
      /** Only with `locked`. */
      readonly retryAfterMs: number
      readonly failures: readonly Failure[]
      readonly account: GuessAccount
      /** Whom guesses are counted against and the record names. */
      readonly clientAddress: string
      readonly trace: readonly TraceStep[]
      /** The credential was right and only the device's approval is missing; else `null`. */
      readonly pairing: PairingNeed | null
    }

/** The approval that a connection rests on. */
export interface AdmittedDevice {
  readonly id: string
  readonly role: Role
  /** It came with a token that a rotation made and that nobody used before: the old one ends now. */
  readonly confirmsRotation: boolean
}

/** What a device asks to be approved for. */
export interface PairingNeed {
  readonly deviceId: string
  readonly publicKey: string
  readonly role: Role
  /** Known scopes, in the order of the list. */
  readonly scopes: readonly Scope[]
  readonly why: 'not-paired' | 'role-upgrade' | 'scope-upgrade'
  /** How it may be settled: without asking, by a setup code, by an operator's approval, or not by this caller. */
  readonly remedy: 'automatic' | 'setup-code' | 'request' | 'none'
  /** What the device has been approved for so far: told only to the device itself. */
  readonly approved: readonly { readonly role: Role; readonly scopes: readonly Scope[] }[]
}

/** The engine's answer: a decision, or the one fact that it turns on. */
export type Judgement = Decision | { readonly kind: 'need'; readonly fact: 'peerOwner' | 'tailnet' }

/** One shared secret that is live now. */
export interface LiveSecret {
  readonly method: 'token' | 'password'
  readonly secret: Secret
  /** `primary`, or `secondary` while a rotation runs. */
  readonly slot: 'primary' | 'secondary'
}

/** What decisions depend on besides the evidence: one frozen value, swapped whole on reload. */
export interface AccessPolicy {
  readonly mode: 'token' | 'password' | 'trusted-proxy' | 'none'
  readonly secrets: readonly LiveSecret[]
  readonly allowLocalDirect: boolean
  readonly exemptLoopback: boolean
  readonly trustedProxy: {
    readonly allowUsers: ReadonlySet<string>
    readonly allowLoopback: boolean
  } | null
  readonly tailscale: 'disabled' | 'enabled' | 'require'
  /** With `gateway.tailscale.mode` on, identity counts only on the listener behind Serve. */
  readonly tailscaleListenerOnly: boolean
  /** `null`: every proxy and Tailscale user holds the default operator set. */
  readonly identityScopes: ReadonlyMap<string, readonly Scope[]> | null
  readonly apiKeysEnabled: boolean
  readonly pairing: {
    /** `security.pairingRequired`: false approves whatever comes with a right credential. */
    readonly required: boolean
    /** `security.autoApprove`: devices that are new here are approved without asking. */
    readonly autoApprove: boolean
  }
  readonly origins: {
    readonly allowed: ReadonlySet<string>
    readonly any: boolean
    readonly hostHeaderFallback: boolean
    /** This node's own *.ts.net names. */
    readonly tailnetNames: ReadonlySet<string>
  }
  /** uid of this process, and the uids that tailscaled may run as. */
  readonly ownUid: number
  readonly tailscaledUids: readonly number[]
  /** Socket owners can be read here (Linux). */
  readonly socketOwners: boolean
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; `null` never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** Requests per `security.rateLimit.windowMs`; `null` unlimited. */
  readonly rateLimit: number | null
}

export interface WebSession {
  /** SHA-256 of the cookie's value, hex. */
  readonly idDigest: string
  readonly proofDigest: string
  readonly principal: Principal
  /** Digest of the shared secret, or id of the API key or of a device's approval, that made it; `null` for a login link or an identity. */
  readonly madeBy: string | null
  readonly createdAt: number
  readonly lastSeenAt: number
}

/** Lookups by SHA-256, in memory. */
export interface ApiKeys {
  find(digest: string): ApiKey | null
}
export interface WebSessions {
  /** Idle timeout in milliseconds. */
  readonly idleMs: number
  find(idDigest: string): WebSession | null
}

/** The side of the throttle that decides: reads only. `throttle.ts` writes. */
export interface GuessLimits {
  /** Milliseconds that this address may not be compared in this class; 0 when it may. */
  heldForMs(address: string, cls: CredentialClass, guessable: boolean): number
  /** Wrong guesses that this address may still make in this class before it is held. */
  attemptsLeft(address: string, cls: CredentialClass): number
  /** The same for callers on this host that are never locked. */
  loopbackHeldForMs(): number
}

/** Everything `authenticate` reads. */
export interface Access {
  readonly policy: AccessPolicy
  readonly apiKeys: ApiKeys
  readonly sessions: WebSessions
  readonly devices: Devices
  readonly limits: GuessLimits
  readonly brownouts: Brownouts
  readonly fingerprints: { own(secret: Secret): string; refused(secret: Secret): string }
}

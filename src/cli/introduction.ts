/** As whom a command connects: the words of its `connect`, with the proof of this machine's device identity where it has one (PROTOCOL 2.2, 2.4). */
import {
  buildDeviceAuthPayloadV3,
  MIN_CLIENT_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type ConnectParams,
} from '@openclaw/gateway-client/browser'
import { hostname } from 'node:os'
import { z } from 'zod'
import type { Scope } from '../access/scopes.ts'
import type { Secret } from '../core/secret.ts'
import type { Device } from './device.ts'

export interface Introduction {
  readonly version: string
  /** `node`: a setup code's first role, which nothing else is shown with. */
  readonly role: 'operator' | 'node'
  readonly scopes: readonly Scope[]
  readonly credential: Credential | null
  readonly device: Device | null
}

/** The wire's name of the field that it goes into, and what people call it. */
export interface Credential {
  readonly field: 'token' | 'deviceToken' | 'bootstrapToken'
  readonly secret: Secret
  readonly name: string
}

export interface Challenge {
  readonly nonce: string | null
  /** The gateway's clock, so that ours need not be right. */
  readonly challengeTs: number | null | undefined
}

export const ROLE = 'operator'
const CLIENT = { id: 'cli', mode: 'cli' } as const

/** Throws when there is nothing to sign: the reference client ends the connection then. */
export function connectParams(introduction: Introduction, challenge: Challenge): ConnectParams {
  const { version, role, scopes, credential, device } = introduction
  return {
    minProtocol: MIN_CLIENT_PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: {
      ...CLIENT,
      version,
      platform: process.platform,
      ...(device !== null && { displayName: hostname() }),
    },
    role,
    scopes: [...scopes],
    caps: [],
    ...(credential !== null && { auth: { [credential.field]: credential.secret.reveal() } }),
    ...(device !== null && { device: proof(introduction, device, challenge) }),
  }
}

function proof(
  { role, scopes, credential }: Introduction,
  { deps }: Device,
  { nonce, challengeTs }: Challenge,
): NonNullable<ConnectParams['device']> {
  if (nonce === null || typeof challengeTs !== 'number')
    throw new Error('it sent no challenge that a device could sign')
  const { deviceId, publicKeyPem, privateKeyPem } = deps.loadOrCreateDeviceIdentity()
  const payload = buildDeviceAuthPayloadV3({
    deviceId,
    clientId: CLIENT.id,
    clientMode: CLIENT.mode,
    role,
    scopes: [...scopes],
    signedAtMs: challengeTs,
    token: credential?.secret.reveal() ?? null,
    nonce,
    platform: process.platform,
  })
  return {
    id: deviceId,
    publicKey: deps.publicKeyRawBase64UrlFromPem(publicKeyPem),
    signature: deps.signDevicePayload(privateKeyPem, payload),
    signedAt: challengeTs,
    nonce,
  }
}

const issuedShape = z.looseObject({
  deviceToken: z.string().min(1),
  role: z.string(),
  scopes: z.array(z.string()),
})

/** As much of it as is used here: the least that a gateway may say (PROTOCOL 5.4). */
const helloShape = z.looseObject({
  type: z.literal('hello-ok'),
  auth: z
    .looseObject({
      deviceToken: z.string().min(1).optional(),
      role: z.string(),
      scopes: z.array(z.string()),
      /** Of its other roles: what a setup code brings. */
      deviceTokens: z.array(issuedShape).optional(),
    })
    .optional(),
})

/** False when it is no hello. A paired device gets its token with every one: that which it has, or a newer one. */
export function hear(hello: unknown, { device }: Introduction): boolean {
  const parsed = helloShape.safeParse(hello)
  if (!parsed.success) return false
  const { auth } = parsed.data
  if (device === null || auth?.deviceToken === undefined) return true
  const { deviceToken, deviceTokens = [] } = auth
  for (const { role, scopes, deviceToken: token } of [{ ...auth, deviceToken }, ...deviceTokens])
    device.deps.storeDeviceAuthToken({ deviceId: device.deviceId, role, token, scopes })
  return true
}

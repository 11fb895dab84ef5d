/** What the wire's reference client asks of the machine it runs on: this machine's device identity and tokens, in that client's words. */
import type { GatewayClientHostDeps } from '@openclaw/gateway-client'
import { Secret } from '../core/secret.ts'
import {
  publicKeyRawBase64UrlFromPem,
  signDevicePayload,
  type DeviceIdentity,
} from './device-identity.ts'
import type { DeviceTokens } from './device-tokens.ts'

export function clientHostDeps(identity: DeviceIdentity, tokens: DeviceTokens) {
  return {
    loadOrCreateDeviceIdentity: () => ({
      ...identity,
      privateKeyPem: identity.privateKeyPem.reveal(),
    }),
    signDevicePayload,
    publicKeyRawBase64UrlFromPem,
    loadDeviceAuthToken({ deviceId, role }) {
      const found = tokens.load({ deviceId, role })
      return found === null ? null : { token: found.token.reveal(), scopes: [...found.scopes] }
    },
    storeDeviceAuthToken({ deviceId, role, token, scopes }) {
      tokens.store({ deviceId, role }, { token: new Secret(token), scopes })
    },
    /** The client would forget a token that was refused: it is kept until there is a new one (R47). */
    clearDeviceAuthToken() {},
  } satisfies GatewayClientHostDeps
}

/**
 * Device tokens: made from a seed under a key of the state dir, so that the store holds none and yet the
 * same token can be handed out at every connect without a write (decision 007).
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { DEVICE_TOKEN_PREFIX } from '../access/methods/device-token.ts'
import type { Role } from '../access/types.ts'
import { randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { IssuedToken, PairedGrant } from './types.ts'

const SEED_BYTES = 32
/** Tokens that were handed out last are kept made, by digest: a device that comes often costs no HMAC. */
const KEPT = 1_000

export class DeviceTokens {
  readonly #key: KeyObject
  readonly #made = new Map<string, Secret>()

  /** `stateKey`: 32 random bytes of the state dir, kept outside the store. */
  constructor(stateKey: Buffer) {
    const info = 'openclaw-gateway device tokens'
    const key = hkdfSync('sha256', stateKey, Buffer.alloc(0), info, 32)
    this.#key = createSecretKey(Buffer.from(key))
  }

  /** `now`: milliseconds since the epoch. */
  issue(deviceId: string, role: Role, now: number): IssuedToken {
    const seed = randomText(SEED_BYTES)
    return { seed, digest: this.#make(deviceId, role, seed).digest(), issuedAt: now }
  }

  /**
   * The token that the device should use from now on: after a rotation the new one. `null` when it cannot be
   * made again, since the state dir has another key by now; then another one has to be issued.
   */
  current(deviceId: string, { role, token, next }: PairedGrant): Secret | null {
    const wanted = next ?? token
    const known = this.#made.get(wanted.digest)
    if (known !== undefined) return known
    const made = this.#make(deviceId, role, wanted.seed)
    if (made.digest() !== wanted.digest) return null
    if (this.#made.size >= KEPT) this.#made.clear()
    this.#made.set(wanted.digest, made)
    return made
  }

  #make(deviceId: string, role: Role, seed: string): Secret {
    const words = `${deviceId}\n${role}\n${seed}`
    const text = createHmac('sha256', this.#key).update(words).digest('base64url')
    return new Secret(`${DEVICE_TOKEN_PREFIX}${text}`)
  }
}

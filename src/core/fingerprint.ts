/** How people are shown which secret is meant, without being shown the secret. */
import { createHmac } from 'node:crypto'
import { UNGUESSABLE_LENGTH, type Secret } from './secret.ts'

/**
 * A plain digest of a short or refused string could be reversed by guessing, so those are keyed:
 * `sha256:` and 8 hex for our own secrets of 32 characters and more, else `hmac:` and 8 hex.
 */
export class Fingerprints {
  readonly #key: Buffer

  /** `key`: at least 32 random bytes that stay in the state dir. */
  constructor(key: Buffer) {
    this.#key = key
  }

  /** Of a secret that is configured here or was accepted. */
  own(secret: Secret): string {
    if (secret.length < UNGUESSABLE_LENGTH) return this.refused(secret)
    return `sha256:${secret.digest().slice(0, 8)}`
  }

  /** Of a string that nobody accepted: it may be somebody's real password for something else. */
  refused(secret: Secret): string {
    return `hmac:${createHmac('sha256', this.#key).update(secret.digest()).digest('hex').slice(0, 8)}`
  }
}

/** How people are shown which secret is meant, without being shown the secret. */
import { hash } from 'node:crypto'
import { UNGUESSABLE_LENGTH, type Secret } from './secret.ts'

const BLOCK_BYTES = 64
const DIGEST_TEXT_BYTES = 64
const SHOWN = 8

/**
 * A plain digest of a short or refused string could be reversed by guessing, so those are keyed:
 * `sha256:` and 8 hex for our own secrets of 32 characters and more, else `hmac:` and 8 hex.
 *
 * HMAC-SHA-256 (RFC 2104) is spelled out over two one-shot hashes, a tenth of what `createHmac` costs:
 * every wrong guess of a flood pays for this.
 */
export class Fingerprints {
  readonly #inner: Buffer
  readonly #outer: Buffer

  /** `key`: 32 to 64 random bytes that stay in the state dir. */
  constructor(key: Buffer) {
    this.#inner = padded(key, 0x36, BLOCK_BYTES + DIGEST_TEXT_BYTES)
    this.#outer = padded(key, 0x5c, BLOCK_BYTES + 32)
  }

  /** Of a secret that is configured here or was accepted. */
  own(secret: Secret): string {
    if (secret.length < UNGUESSABLE_LENGTH) return this.refused(secret)
    return `sha256:${secret.digest().slice(0, SHOWN)}`
  }

  /** Of a string that nobody accepted: it may be somebody's real password for something else. */
  refused(secret: Pick<Secret, 'digest'>): string {
    this.#inner.write(secret.digest(), BLOCK_BYTES, 'latin1')
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK_BYTES, 'latin1')
    return `hmac:${hash('sha256', this.#outer, 'hex').slice(0, SHOWN)}`
  }
}

/** The key's block of RFC 2104, with room for the message behind it. */
function padded(key: Buffer, pad: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  key.copy(buffer, 0, 0, BLOCK_BYTES)
  for (let at = 0; at < BLOCK_BYTES; at += 1) buffer[at] = (buffer[at] ?? 0) ^ pad
  return buffer
}

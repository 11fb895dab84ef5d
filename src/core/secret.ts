/** A value that is never printed, logged or compared with `===`. */
import { hash, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

export class Secret {
  readonly #value: string
  /** As text: in Node a digest as a buffer costs three times as much, and every request makes one. */
  readonly #digest: string
  #bytes: Buffer | null = null

  constructor(value: string) {
    this.#value = value
    this.#digest = hash('sha256', value, 'hex')
  }

  /** In characters: decides how a secret is fingerprinted and whether it can be guessed. */
  get length(): number {
    return this.#value.length
  }

  /** Compares in constant time, whatever the two lengths are. */
  equals(other: Secret): boolean {
    return timingSafeEqual(this.#digestBytes(), other.#digestBytes())
  }

  /** SHA-256 in hex: what stores keep and look up in place of the value. */
  digest(): string {
    return this.#digest
  }

  #digestBytes(): Buffer {
    this.#bytes ??= Buffer.from(this.#digest, 'latin1')
    return this.#bytes
  }

  startsWith(prefix: string): boolean {
    return this.#value.startsWith(prefix)
  }

  /** The value itself: for an outbound request, the config file, or an owner who asked with `--reveal`. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/** Secrets of this many characters and more cannot be guessed (SPEC 2.4); shorter ones can. */
export const UNGUESSABLE_LENGTH = 32

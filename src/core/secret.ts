/** A value that is never printed, logged or compared with `===`. */
import { hash, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

export class Secret {
  readonly #value: string
  readonly #digest: Buffer
  #hex: string | null = null

  constructor(value: string) {
    this.#value = value
    this.#digest = hash('sha256', value, 'buffer')
  }

  /** In characters: decides how a secret is fingerprinted and whether it can be guessed. */
  get length(): number {
    return this.#value.length
  }

  /** Compares in constant time, whatever the two lengths are. */
  equals(other: Secret): boolean {
    return timingSafeEqual(this.#digest, other.#digest)
  }

  /** SHA-256 in hex: what stores keep and look up in place of the value. */
  digest(): string {
    this.#hex ??= this.#digest.toString('hex')
    return this.#hex
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

/** What the webhooks of all accounts share: room for large bodies, and one handshake at a time. */

/** A delivery usually has a few KiB. As many bodies of this size as sockets may be open are 128 MiB. */
export const SMALL_BODY_BYTES = 64 * 1024

/** Larger ones, of which anybody may send the bytes before the signature can be checked: 24 MiB in all. */
const LARGE_AT_ONCE = 8

export class WebhookLimits {
  #large = 0
  #handshakes: Promise<unknown> = Promise.resolve()

  /** `false`: as many large bodies as may be are under way; the network delivers it again. */
  takeLarge(): boolean {
    if (this.#large >= LARGE_AT_ONCE) return false
    this.#large += 1
    return true
  }

  releaseLarge(): void {
    this.#large -= 1
  }

  /** Guesses of one moment are compared one by one, each after the one before was counted (R24). */
  inTurn<Result>(handshake: () => Promise<Result>): Promise<Result> {
    const turn = this.#handshakes.then(handshake)
    this.#handshakes = turn.catch(() => undefined)
    return turn
  }
}

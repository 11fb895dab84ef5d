/** Places for what is done at the same time, given in the order of asking to whoever may go on. */

export class Slots {
  readonly #most: number
  readonly #ready: string[] = []
  #busy = 0

  constructor(most: number) {
    this.#most = most
  }

  put(key: string): void {
    this.#ready.push(key)
  }

  /** The first that may go on. */
  take(may: (key: string) => boolean): string | null {
    if (this.#busy >= this.#most) return null
    const at = this.#ready.findIndex(may)
    const [key] = at < 0 ? [] : this.#ready.splice(at, 1)
    if (key === undefined) return null
    this.#busy += 1
    return key
  }

  free(): void {
    this.#busy -= 1
  }
}

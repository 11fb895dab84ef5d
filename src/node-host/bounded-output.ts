/** What a program prints, up to a limit: the rest is read, so that the program goes on, and dropped. */
export class BoundedOutput {
  readonly #chunks: Buffer[] = []
  readonly #limit: number
  #size = 0
  #truncated = false

  /** `limit`: bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get truncated(): boolean {
    return this.#truncated
  }

  push(chunk: Buffer): void {
    const room = this.#limit - this.#size
    if (chunk.length > room) this.#truncated = true
    if (room <= 0) return
    const kept = chunk.subarray(0, room)
    this.#chunks.push(kept)
    this.#size += kept.length
  }

  /** As UTF-8: what is none is replaced, and a character that the limit cut in two is left out. */
  text(): string {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return decoder.decode(Buffer.concat(this.#chunks), { stream: this.#truncated })
  }
}

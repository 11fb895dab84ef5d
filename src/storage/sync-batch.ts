/** Makes written lines of a file durable without holding up the event loop: one sync for all who wait. */

export class SyncBatch {
  readonly #sync: () => Promise<void>
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null
  #failure: unknown = null

  /** `sync`: `fdatasync` of the file, off the event loop. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync
  }

  /** A failed sync may have dropped pages that a later one would report as written: it is final. */
  get failed(): boolean {
    return this.#failure !== null
  }

  /** Resolves when all that was written before this call is on disk. */
  settled(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#next !== null) return this.#next
    if (this.#running === null) return this.#start()

    // The running sync may have begun before the last write: whoever comes now waits for the next one.
    this.#next = this.#running.then(() => this.#start())
    return this.#next
  }

  #start(): Promise<void> {
    this.#next = null
    this.#running = this.#sync().then(
      () => {
        this.#running = null
      },
      (error: unknown) => {
        this.#failure = error
        throw error
      },
    )
    return this.#running
  }
}

/** Tells those who wait that something about pairing changed: who asks, who may come in, who may write. */
import type { EventBus } from './types.ts'

export class PairingNews {
  readonly #waiting = new Set<() => void>()
  readonly #over = new AbortController()
  readonly #bus: EventBus

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  /** Calls `changed` at each event that only holders of `operator.pairing` may hear, until the signal or the gateway ends. */
  listen(changed: () => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#over.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.#bus.subscribe(({ scope }) => {
        if (scope === 'operator.pairing') changed()
      })
      const end = (): void => {
        stop()
        this.#waiting.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#waiting.add(end)
      signal.addEventListener('abort', end)
    })
  }

  /** The gateway stops: nobody is kept waiting for what will not come. */
  end(): void {
    this.#over.abort()
    for (const end of this.#waiting) end()
  }
}

/** How many strangers one address may keep waiting behind a proxy of ours, whose own address says nothing (SPEC 11, R33). */
import { guessBucket } from '../../core/address.ts'
import type { Evidence } from '../../access/types.ts'

export class WaitingClients {
  readonly #most: number
  readonly #byClient = new Map<string, number>()

  /** `most`: unauthenticated WebSockets of one client address (IPv6 by /64). */
  constructor(most: number) {
    this.#most = most
  }

  /** Addresses that anybody waits under. */
  get size(): number {
    return this.#byClient.size
  }

  /** Gives the slot back when called, once; `null` when there is none. Direct peers are bounded where they connect. */
  take({ peer, clientAddress }: Evidence): (() => void) | null {
    if (!peer.trusted || clientAddress === peer.address) return () => {}
    const key = guessBucket(clientAddress)
    const waiting = this.#byClient.get(key) ?? 0
    if (waiting >= this.#most) return null
    this.#byClient.set(key, waiting + 1)
    const slot = { taken: true }
    return () => {
      if (!slot.taken) return
      slot.taken = false
      this.#release(key)
    }
  }

  #release(key: string): void {
    const waiting = (this.#byClient.get(key) ?? 1) - 1
    if (waiting === 0) this.#byClient.delete(key)
    else this.#byClient.set(key, waiting)
  }
}

/** Devices that lost an approval a moment ago: they come back by themselves, which is no wish to be let in again. */

/** Clients wait up to half a minute between two tries; whoever starts one again by hand shows no dead token. */
export const COMES_BACK_MS = 60_000

export class RecentEnds {
  readonly #at = new Map<string, number>()

  /** `now`: milliseconds since the epoch. */
  add(deviceId: string, now: number): void {
    for (const [id, at] of this.#at) if (!isRecent(at, now)) this.#at.delete(id)
    this.#at.set(deviceId, now)
  }

  has(deviceId: string, now: number): boolean {
    const at = this.#at.get(deviceId)
    return at !== undefined && isRecent(at, now)
  }
}

function isRecent(at: number, now: number): boolean {
  return Math.abs(now - at) < COMES_BACK_MS
}

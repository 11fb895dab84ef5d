/** Devices that lost an approval a moment ago: they come back by themselves, which is no wish to be let in again. */

/** Clients try again after a second; whoever starts one again by hand takes longer to make up their mind. */
export const COMES_BACK_MS = 10_000

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

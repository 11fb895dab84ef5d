/** The half of a login that the page keeps: in this tab's session storage, never in a cookie or a URL (SPEC 7). */

const KEY = 'openclaw.session-proof'

export interface Proof {
  get(): string | null
  /** After a login in this tab. */
  keep(proof: string): void
  drop(): void
}

/** How the tabs of this one origin hear of a login. */
export interface TabChannel {
  post(message: unknown): void
  listen(listener: (message: unknown) => void): void
}

/**
 * The cookie belongs to all tabs. When one logs in again, the others hold the proof of a session whose
 * cookie is gone; those that are logged in take the new one over. A tab that is not logs in by itself.
 */
export function tabProof(storage: Storage, channel: TabChannel): Proof {
  channel.listen((message) => {
    if (typeof message === 'string' && storage.getItem(KEY) !== null) storage.setItem(KEY, message)
  })
  return {
    get: () => storage.getItem(KEY),
    keep(proof) {
      storage.setItem(KEY, proof)
      channel.post(proof)
    },
    drop: () => storage.removeItem(KEY),
  }
}

export function browserTabs(): TabChannel {
  const channel = new BroadcastChannel('openclaw.login')
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel never leaves its origin
    post: (message) => channel.postMessage(message),
    listen: (listener) =>
      channel.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
  }
}

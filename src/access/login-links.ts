/** Login links: a code that lets one browser in, once, within ten minutes (SPEC 1). */
import { randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { Principal } from './types.ts'

export const LOGIN_LINK_MS = 10 * 60 * 1000
const CODE_BYTES = 16
const CAPACITY = 64

/** As whom a login lets somebody in, and which secret it ends with. */
export interface LoginGrant {
  readonly principal: Principal
  /** As in `WebSession`. */
  readonly madeBy: string | null
}

/** A link that nobody else can use while its session is being made. */
export interface TakenLink {
  readonly grant: LoginGrant
  /** The session could not be made: the link works again. */
  giveBack(): void
}

interface IssuedLink extends LoginGrant {
  readonly createdAt: number
}

/** Held in memory only, as digests: a restart ends every link that was not used. */
export class LoginLinks {
  readonly #links = new Map<string, IssuedLink>()

  /** `code` goes into a URL's fragment and nowhere else. `now` and `expiresAt`: milliseconds since the epoch. */
  create(
    { principal, madeBy }: LoginGrant,
    now: number,
  ): { readonly code: Secret; readonly expiresAt: number } {
    this.#makeRoom(now)
    const code = new Secret(randomText(CODE_BYTES))
    this.#links.set(code.digest(), { principal, madeBy, createdAt: now })
    return { code, expiresAt: now + LOGIN_LINK_MS }
  }

  /** `null`: unknown, used or expired; which of them is nobody's business. */
  take(code: Secret, now: number): TakenLink | null {
    const digest = code.digest()
    const link = this.#links.get(digest)
    if (link === undefined) return null
    this.#links.delete(digest)
    if (expired(link, now)) return null
    const { principal, madeBy } = link
    return {
      grant: { principal, madeBy },
      giveBack: () => void this.#links.set(digest, link),
    }
  }

  /** The secret is gone, and so is every way in that it opened. */
  endMadeBy(madeBy: string): void {
    for (const [digest, link] of this.#links) {
      if (link.madeBy === madeBy) this.#links.delete(digest)
    }
  }

  /** Whoever asks for link after link loses the oldest, never memory. */
  #makeRoom(now: number): void {
    for (const [digest, link] of this.#links) {
      if (expired(link, now) || this.#links.size >= CAPACITY) this.#links.delete(digest)
    }
  }
}

/** A clock set back must not stretch the ten minutes, so a link from the far future has expired too. */
function expired({ createdAt }: IssuedLink, now: number): boolean {
  return Math.abs(now - createdAt) >= LOGIN_LINK_MS
}

/** What a browser opens: the code stands in the fragment, which no server, log or Referer ever sees (R40). */
export function loginUrl(baseUrl: string, code: Secret): string {
  return `${baseUrl.replace(/\/+$/, '')}/#login=${code.reveal()}`
}

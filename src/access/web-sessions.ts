/** Which browsers are logged in: opening, ending and forgetting web sessions (SPEC 7). */
import { randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { LoginGrant } from './login-links.ts'
import { SESSION_ABSOLUTE_MS } from './methods/web-session.ts'
import type { Principal, PrincipalKind, WebSession, WebSessions } from './types.ts'

const SECRET_BYTES = 32
/** When somebody was last seen is written behind, at most this often: losing it only ends a session sooner. */
const TOUCH_WRITE_MS = 60_000
const CREDENTIAL_PREFIX = 'session:'
/** Whose sessions must not outlive what let them in. */
const ENDS_WITH_MAKER: ReadonlySet<PrincipalKind> = new Set(['shared', 'api-key', 'device'])

/** Keeps what must survive a restart. Holds digests only. */
export interface WebSessionStore {
  /** Replaces all that was kept. Resolves when it is on disk; a later call never loses to an earlier one. */
  save(sessions: readonly WebSession[]): Promise<void>
}

/** From `security.session`. */
export interface SessionRules {
  readonly idleMs: number
  /** Sessions a principal may have at once. */
  readonly maxConcurrent: number
}

/** A new session as the browser gets it: the only time that its two secrets exist here. */
export interface OpenedSession {
  /** The cookie's value. */
  readonly id: Secret
  /** What the page adds to every call. */
  readonly proof: Secret
  readonly session: WebSession
}

export interface WebSessionParts {
  readonly saved: readonly WebSession[]
  readonly store: WebSessionStore
  /** Asked each time, so that a reload holds at once. */
  readonly rules: () => SessionRules
  /** Credential ids (`session:…`) whose connections must close. */
  readonly onEnded: (credentialIds: readonly string[]) => void
  /** A write behind failed; the next one tries again. */
  readonly onWriteError: (error: unknown) => void
}

/** In memory, on disk as digests alone. Reads are for `authenticate`, writes for the login and the logout. */
export class LiveWebSessions implements WebSessions {
  readonly #parts: WebSessionParts
  readonly #sessions: Map<string, WebSession>
  #unwritten = false
  #lastWriteAt: number

  /** `now`: milliseconds since the epoch, as everywhere in this class. */
  constructor(parts: WebSessionParts, now: number) {
    this.#parts = parts
    this.#lastWriteAt = now
    this.#sessions = new Map(
      parts.saved.map((session) => [session.idDigest, notInFuture(session, now)]),
    )
    this.#forgetExpired(now)
  }

  get idleMs(): number {
    return this.#parts.rules().idleMs
  }

  /** That would let somebody in. */
  count(now: number): number {
    return [...this.#sessions.values()].filter(
      ({ createdAt, lastSeenAt }) =>
        now - lastSeenAt <= this.idleMs && now - createdAt <= SESSION_ABSOLUTE_MS,
    ).length
  }

  find(idDigest: string): WebSession | null {
    return this.#sessions.get(idDigest) ?? null
  }

  /** Resolves when the session is on disk. Beyond the cap the principal's oldest session ends. */
  async open(grant: LoginGrant, now: number): Promise<OpenedSession> {
    this.#forgetExpired(now)
    const surplus = this.#surplusOf(grant.principal)
    const id = new Secret(randomText(SECRET_BYTES))
    const proof = new Secret(randomText(SECRET_BYTES))
    const session: WebSession = {
      idDigest: id.digest(),
      proofDigest: proof.digest(),
      principal: { ...grant.principal, credentialId: null },
      madeBy: grant.madeBy,
      createdAt: now,
      lastSeenAt: now,
    }
    this.#sessions.set(session.idDigest, session)
    try {
      await this.#write(now)
    } catch (error) {
      // Nobody was told of it, so it must not live on here.
      this.#sessions.delete(session.idDigest)
      throw error
    }
    await this.#end(surplus, now)
    return { id, proof, session }
  }

  /** A request of this session was allowed. Cheap enough for every request. */
  touch(idDigest: string, now: number): void {
    const session = this.#sessions.get(idDigest)
    if (session === undefined || session.lastSeenAt === now) return
    this.#sessions.set(idDigest, notInFuture({ ...session, lastSeenAt: now }, now))
    this.#unwritten = true
    if (Math.abs(now - this.#lastWriteAt) < TOUCH_WRITE_MS) return
    this.#write(now).catch(this.#parts.onWriteError)
  }

  /** Logs out the session of this principal. Resolves with the number ended, when that is on disk. */
  async endOwn(principal: Principal, now: number): Promise<number> {
    const session = this.#sessionOf(principal)
    return this.#end(session === null ? [] : [session], now)
  }

  /** Logs the principal out everywhere. */
  async endAllOf(principal: Principal, now: number): Promise<number> {
    return this.#end(this.#heldBy(principal), now)
  }

  /** Ends what a secret opened, once it is revoked or rotated away. `madeBy`: as in `WebSession`. */
  async endMadeBy(madeBy: string, now: number): Promise<number> {
    return this.#end(this.listMadeBy(madeBy), now)
  }

  /** What a secret or approval opened, as it is now. */
  listMadeBy(madeBy: string): readonly WebSession[] {
    return [...this.#sessions.values()].filter((session) => session.madeBy === madeBy)
  }

  /** The secret or approval behind a principal: its own, or the one that made the session it came with. */
  makerOf(principal: Principal): string | null {
    const session = this.#sessionOf(principal)
    if (session !== null) return session.madeBy
    return ENDS_WITH_MAKER.has(principal.kind) ? principal.credentialId : null
  }

  /** Before the process ends: writes what {@link touch} left behind. */
  async flush(now: number): Promise<void> {
    if (this.#unwritten) await this.#write(now)
  }

  #sessionOf({ credentialId }: Principal): WebSession | null {
    if (credentialId === null || !credentialId.startsWith(CREDENTIAL_PREFIX)) return null
    return this.find(credentialId.slice(CREDENTIAL_PREFIX.length))
  }

  #heldBy({ kind, id }: Principal): WebSession[] {
    return [...this.#sessions.values()].filter(
      ({ principal }) => principal.kind === kind && principal.id === id,
    )
  }

  /** The oldest sessions of a principal that have to go for one more to fit. */
  #surplusOf(principal: Principal): readonly WebSession[] {
    const held = this.#heldBy(principal).sort((a, b) => a.createdAt - b.createdAt)
    return held.slice(0, Math.max(0, held.length + 1 - this.#parts.rules().maxConcurrent))
  }

  /** In memory at once, whatever the disk says: an ended session never works again in this process. */
  async #end(sessions: readonly WebSession[], now: number): Promise<number> {
    const ended = sessions.filter(({ idDigest }) => this.#sessions.delete(idDigest))
    if (ended.length === 0) return 0
    this.#parts.onEnded(ended.map(({ idDigest }) => `${CREDENTIAL_PREFIX}${idDigest}`))
    await this.#write(now)
    return ended.length
  }

  #forgetExpired(now: number): void {
    for (const [digest, { createdAt, lastSeenAt }] of this.#sessions) {
      if (now - lastSeenAt > this.idleMs || now - createdAt > SESSION_ABSOLUTE_MS) {
        this.#sessions.delete(digest)
      }
    }
  }

  async #write(now: number): Promise<void> {
    this.#unwritten = false
    this.#lastWriteAt = now
    try {
      await this.#parts.store.save([...this.#sessions.values()])
    } catch (error) {
      this.#unwritten = true
      throw error
    }
  }
}

/** After the clock was set back, a session must not wait for the old time to come again before it can expire. */
function notInFuture(session: WebSession, now: number): WebSession {
  const { createdAt, lastSeenAt } = session
  if (createdAt <= now && lastSeenAt <= now) return session
  return {
    ...session,
    createdAt: Math.min(createdAt, now),
    lastSeenAt: Math.min(lastSeenAt, now),
  }
}

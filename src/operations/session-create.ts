/** `session.create`: a browser logs in with a login link, a token, a password or an API key. */
import { z } from 'zod'
import { SESSION_ABSOLUTE_MS } from '../access/methods/web-session.ts'
import type { LoginGrant, TakenLink } from '../access/login-links.ts'
import type { Reason } from '../access/reasons.ts'
import type { OpenedSession } from '../access/web-sessions.ts'
import type { Clock } from '../core/clock.ts'
import { Secret } from '../core/secret.ts'
import { SESSION_COOKIE, SetsCookie } from './cookies.ts'
import { HeldRefusal } from './held.ts'
import { defineOperation, Refusal, type Call, type Operation } from './types.ts'

export type SecretAnswer =
  | ({ readonly kind: 'ok' } & LoginGrant)
  /** `retryAfterMs` counts only with `locked`. */
  | { readonly kind: 'refused'; readonly reason: Reason; readonly retryAfterMs: number }

/** Guess accounting in class `session`, as for any other string that a caller presents. */
export interface LinkGuesses {
  /** Milliseconds for which this caller's links are not looked at; 0 when they are. */
  heldForMs(): number
  /** Counts before it returns, so that parallel guesses cannot outrun it; resolves when a lock it made is durable. */
  charge(link: Secret): Promise<void>
}

export interface SessionCreateParts {
  readonly links: { take(code: Secret, now: number): TakenLink | null }
  readonly sessions: {
    readonly idleMs: number
    open(grant: LoginGrant, now: number): Promise<OpenedSession>
  }
  /** The server's own judgement of one presented string, its limits included. */
  readonly authenticateSecret: (secret: Secret, call: Call) => Promise<SecretAnswer>
  /** Of one caller: who that is may have to be asked first, so that nothing waits between the look and the count. */
  guessesOf(call: Call): Promise<LinkGuesses>
  readonly clock: Clock
}

const secretText = z
  .string()
  .min(1)
  .max(4096)
  .transform((text) => new Secret(text))

const input = z
  .strictObject({ link: secretText.optional(), secret: secretText.optional() })
  .refine(({ link, secret }) => (link === undefined) !== (secret === undefined), {
    message: 'send either link or secret',
  })

export function sessionCreate(parts: SessionCreateParts): Operation {
  return defineOperation({
    name: 'session.create',
    summary: 'Logs a browser in: by a login link, a token, a password or an API key.',
    requires: 'public',
    changes: true,
    http: { method: 'POST', path: '/api/v1/session' },
    websocket: false,
    input,
    async run({ link, secret }, call) {
      if (link !== undefined) return loginByLink(link, parts, call)
      if (secret !== undefined) return loginBySecret(secret, parts, call)
      throw new Refusal('invalid_input', 'send either link or secret')
    },
  })
}

async function loginByLink(link: Secret, parts: SessionCreateParts, call: Call) {
  const guesses = await parts.guessesOf(call)
  const heldMs = guesses.heldForMs()
  if (heldMs > 0) throw new HeldRefusal(heldMs)

  const taken = parts.links.take(link, parts.clock())
  if (taken === null) {
    await guesses.charge(link)
    throw refusal('login_link_invalid')
  }
  try {
    return await login(taken.grant, parts)
  } catch (error) {
    taken.giveBack()
    throw error
  }
}

async function loginBySecret(secret: Secret, parts: SessionCreateParts, call: Call) {
  const answer = await parts.authenticateSecret(secret, call)
  if (answer.kind === 'ok') return login(answer, parts)
  throw answer.reason === 'locked' ? new HeldRefusal(answer.retryAfterMs) : refusal(answer.reason)
}

/** The reason is for the record; the caller hears the same sentence whatever was wrong (SPEC 2.10). */
function refusal(reason: Reason): Refusal {
  return new Refusal(reason, 'authentication failed')
}

async function login(
  { principal, madeBy }: LoginGrant,
  { sessions, clock }: SessionCreateParts,
): Promise<SetsCookie> {
  const { id, proof, session } = await sessions.open({ principal, madeBy }, clock())
  const { kind, id: name, displayName, role, scopes } = session.principal
  return new SetsCookie(
    { name: SESSION_COOKIE, value: id, maxAgeMs: SESSION_ABSOLUTE_MS },
    {
      proof: proof.reveal(),
      principal: { kind, id: name, displayName, role, scopes },
      expiresInMs: sessions.idleMs,
    },
  )
}

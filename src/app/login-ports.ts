/** The login, joined to the one way in: a typed secret is judged by `identify` like any other credential. */
import type { LoginLinks } from '../access/login-links.ts'
import { withCredential } from '../server/typed-credential.ts'
import type { LiveWebSessions } from '../access/web-sessions.ts'
import type { Secret } from '../core/secret.ts'
import type { OperationPorts } from '../operations/index.ts'
import type { SecretAnswer } from '../operations/session-create.ts'
import type { Call } from '../operations/types.ts'
import type { Connection } from '../server/connection.ts'
import type { Gateway } from '../server/gateway.ts'
import { HttpCall } from '../server/http-call.ts'
import { identify } from '../server/identify.ts'

export interface LoginParts {
  readonly gateway: () => Gateway
  readonly sessions: LiveWebSessions
  readonly links: LoginLinks
  readonly heldForMs: (address: string) => number
  readonly baseUrl: () => string
}

export function loginPorts({
  gateway,
  sessions,
  links,
  heldForMs,
  baseUrl,
}: LoginParts): OperationPorts['login'] {
  return {
    links,
    sessions,
    baseUrl,
    clock: (): number => gateway().clock(),
    makerOf: (principal) => sessions.makerOf(principal),
    authenticateSecret: (secret, call) =>
      authenticateSecret(secret, call, { gateway: gateway(), sessions }),
    guesses: {
      heldForMs: (call) => heldForMs(call.clientAddress),
      async charge(call) {
        const { durable } = gateway().guesses.charge(call.clientAddress, 'session', {
          guessable: true,
        })
        // The lock holds in memory whether or not it could be written.
        await durable?.catch(() => undefined)
      },
    },
  }
}

/** Only what the typed string itself opens: who the socket or a proxy says the caller is does not log a browser in. */
async function authenticateSecret(
  secret: Secret,
  call: Call,
  { gateway, sessions }: { gateway: Gateway; sessions: LiveWebSessions },
): Promise<SecretAnswer> {
  const decision = await identify(
    withCredential(call.evidence, secret),
    connectionOf(call),
    gateway,
  )
  if (decision.kind === 'denied')
    return { kind: 'refused', reason: decision.reason, retryAfterMs: decision.retryAfterMs }
  const { principal, failures } = decision
  const wrong = failures[0]
  if (wrong !== undefined) return { kind: 'refused', reason: wrong.reason, retryAfterMs: 0 }
  if (principal.kind !== 'shared' && principal.kind !== 'api-key')
    return { kind: 'refused', reason: 'nothing_presented', retryAfterMs: 0 }
  return { kind: 'ok', principal, madeBy: sessions.makerOf(principal) }
}

function connectionOf(call: Call): Connection {
  if (!(call instanceof HttpCall)) throw new Error('a login came over something else than HTTP')
  return call.connection
}

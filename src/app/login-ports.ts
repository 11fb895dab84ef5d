/** The login, joined to the one way in: a typed secret is judged by `identify` like any other credential. */
import type { LoginLinks } from '../access/login-links.ts'
import { withCredential } from '../server/typed-credential.ts'
import type { Decision } from '../access/types.ts'
import type { LiveWebSessions } from '../access/web-sessions.ts'
import type { Secret } from '../core/secret.ts'
import type { OperationPorts } from '../operations/index.ts'
import type { LinkGuesses, SecretAnswer } from '../operations/session-create.ts'
import type { Call } from '../operations/types.ts'
import type { Connection } from '../server/connection.ts'
import type { Gateway } from '../server/gateway.ts'
import { HttpCall } from '../server/http-call.ts'
import { charge, identify, judgeAgain } from '../server/identify.ts'

export interface LoginParts {
  readonly gateway: () => Gateway
  readonly sessions: LiveWebSessions
  readonly links: LoginLinks
  readonly baseUrl: () => string
}

export function loginPorts({
  gateway,
  sessions,
  links,
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
    guessesOf: (call) => guessesOf(call, gateway()),
  }
}

/** Links are counted like any other string that a caller presents: the same code says against whom. */
async function guessesOf(call: Call, gateway: Gateway): Promise<LinkGuesses> {
  const unnamed = { ...call.evidence, credentials: [] }
  const { account, clientAddress } = await judgeAgain(unnamed, connectionOf(call), gateway)
  const { limits, fingerprints } = gateway.access()
  return {
    heldForMs: () =>
      account === 'loopback'
        ? limits.loopbackHeldForMs()
        : limits.heldForMs(clientAddress, 'session', true),
    async charge(link) {
      const decision = wrongLink(fingerprints.refused(link), { account, clientAddress })
      httpCall(call).judged(decision)
      await charge(decision, gateway)
    },
  }
}

function wrongLink(
  fingerprint: string,
  payer: Pick<Decision, 'account' | 'clientAddress'>,
): Decision {
  const reason = 'login_link_invalid'
  return {
    kind: 'denied',
    reason,
    code: reason,
    retryAfterMs: 0,
    pairing: null,
    failures: [{ class: 'session', reason, fingerprint }],
    ...payer,
    trace: [
      { step: 'session', verdict: 'reject', reason, detail: `${fingerprint} from the login link` },
    ],
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
  httpCall(call).judged(decision)
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
  return httpCall(call).connection
}

function httpCall(call: Call): HttpCall {
  if (!(call instanceof HttpCall)) throw new Error('a login came over something else than HTTP')
  return call
}

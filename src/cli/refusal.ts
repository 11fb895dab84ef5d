/** What a gateway's no means to whoever typed the command, and what they can do about it (PROTOCOL 2.8 to 2.10). */
import { jsonOf } from '../core/json.ts'
import type { Refusal } from './exchange.ts'
import type { Credential } from './introduction.ts'
import type { NoAnswer } from './no-answer.ts'
import { inWords } from './output.ts'
import type { Target } from './targets.ts'

/** Who asked whom, showing what. */
export interface Asker {
  /** The gateway's address in words. */
  readonly from: string
  /** What was shown; `null`: nothing. */
  readonly credential: Pick<Credential, 'name'> | null
  /** What gets this machine in once its own token is good for nothing there. */
  readonly again: string
  /** It was let in by what it showed: what is not approved now was taken away. */
  readonly admitted?: boolean
}

/** For what comes as an operator. */
export function pairAgain(target: Target): string {
  if (target.kind === 'socket' || target.thisHost) return 'look at `openclaw devices list`'
  const url = target.url.href.replace(/\/$/, '')
  return `pair this machine again: \`openclaw devices pair --url ${url} --token -\``
}

/** In the wire's words: of `connect`, or of a method. */
export function refusedBy(refusal: Refusal, asker: Asker): NoAnswer {
  const { code, recordId } = members(refusal.details)
  return {
    kind: 'refused',
    failed: refusal.code === 'UNAVAILABLE',
    code: typeof code === 'string' && code !== '' ? code : refusal.code,
    message: sentence(refusal, asker),
    requestId: safeId(recordId),
    from: asker.from,
  }
}

/** The id under which somebody can approve the device on the gateway's host; `null` when nothing waits for that. */
export function pendingRequest({ details }: Refusal): string | null {
  const { code, requestId } = members(details)
  return code === 'PAIRING_REQUIRED' ? safeId(requestId) : null
}

/** In HTTP's words, before there was a WebSocket. */
export function turnedAway(status: number, body: string, { from }: Pick<Asker, 'from'>): NoAnswer {
  const { error } = members(jsonOf(body))
  const { code, type, message, requestId } = members(error)
  if (typeof message !== 'string') {
    return {
      kind: 'broken',
      message: `what answers at ${from} is no gateway: HTTP ${status}. Is another program on that port?`,
    }
  }
  return {
    kind: 'refused',
    failed: status >= 500,
    code: typeof code === 'string' ? code : String(type),
    message,
    requestId: safeId(requestId),
    from,
  }
}

function sentence(
  { details, message, retryAfterMs }: Refusal,
  { credential, again, admitted }: Asker,
): string {
  const { code, ...facts } = members(details)
  const shown = credential?.name ?? 'who you are there'
  switch (code) {
    case 'DEVICE_IDENTITY_REQUIRED':
    case 'AUTH_REQUIRED':
    case 'AUTH_TOKEN_MISSING':
    case 'AUTH_PASSWORD_MISSING':
      return credential === null
        ? 'it wants to know who asks, and nothing was shown: give its token or password: `--token -` reads it from standard input'
        : message
    case 'AUTH_TOKEN_MISMATCH':
    case 'AUTH_PASSWORD_MISMATCH':
      return `${shown} is not its token or password: compare it with the one that it runs with`
    case 'AUTH_DEVICE_TOKEN_MISMATCH':
      return takenAway(shown, again)
    case 'AUTH_BOOTSTRAP_TOKEN_INVALID':
      return `${shown} is not valid there: it works once, for ten minutes. \`openclaw qr\` on its host makes another`
    case 'AUTH_RATE_LIMITED':
      return `too many wrong credentials came from this address: try again ${when(retryAfterMs)}; \`openclaw lockouts clear\` on its host ends the lock`
    case 'AUTH_SCOPE_MISMATCH':
      return `this machine was approved for less than this command needs: \`openclaw devices list\` on its host shows for what. Give the gateway's token with --token -, or ${again}`
    case 'PAIRING_REQUIRED':
      if (admitted === true) return takenAway(shown, again)
      return `${pairing(facts['reason'])}: ${approval(safeId(facts['requestId']), facts['remediationHint'])}`
    case 'PROTOCOL_MISMATCH':
      return `it speaks ${version(facts['expectedProtocol'])} of the protocol, and this command line does not: compare \`openclaw --version\` on both ends`
    case 'CONTROL_UI_ORIGIN_NOT_ALLOWED':
      return 'the request came to it with an Origin that it does not allow, and this command line sends none: take it out in the proxy between, or list it in gateway.controlUi.allowedOrigins there'
    case 'MISSING_SCOPE':
      return `${message}, which ${shown} does not hold`
    default:
      return message
  }
}

function takenAway(shown: string, again: string): string {
  return `${shown} is no longer valid there: it was rotated or revoked, or this machine was removed. Give the gateway's token with --token -, or ${again}`
}

function when(retryAfterMs: number | undefined): string {
  return retryAfterMs === undefined ? 'later' : `in ${inWords(retryAfterMs)}`
}

function pairing(reason: unknown): string {
  switch (reason) {
    case 'role-upgrade':
    case 'scope-upgrade':
      return 'this machine asks for more than it was approved for'
    case 'metadata-upgrade':
      return 'this machine changed since it was approved'
    default:
      return 'this machine is not approved there'
  }
}

/** Without a request there is none to approve, and the gateway knows why. */
function approval(requestId: string | null, hint: unknown): string {
  if (requestId !== null) return `on its host, type \`openclaw devices approve ${requestId}\``
  return typeof hint === 'string' ? hint : 'on its host, see `openclaw devices list`'
}

/** It becomes part of a command to type: nothing but an id may stand there. */
function safeId(id: unknown): string | null {
  return typeof id === 'string' && /^[A-Za-z0-9][\w.:-]{0,127}$/.test(id) ? id : null
}

function version(expected: unknown): string {
  return typeof expected === 'number' ? `version ${expected}` : 'another version'
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

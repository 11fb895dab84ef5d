/** What the login view says about why one is there, in words that tell what to do next. */
import type { Failure, Login } from './api.ts'
import { unreachable } from './unreachable.ts'

export interface Notice {
  readonly tone: 'problem' | 'plain'
  readonly title: string
  /** Commands stand in backticks. */
  readonly detail: string
  /** Milliseconds until another attempt makes sense; 0 when one does now. */
  readonly waitMs: number
  /** The same attempt, if it is worth repeating. */
  readonly again: Login | null
}

export const NOTICES = {
  ended: plain(
    'You are logged out',
    'Your session ended, or the secret it was made with was changed. Log in again to go on.',
  ),
  left: plain('You are logged out', 'Close this tab, or log in again.'),
  cookieDropped: problem(
    'Your browser did not keep the login',
    'It keeps a login only over https or on the gateway’s own machine. Open the page over https or through an SSH tunnel, or allow cookies for this address.',
  ),
  linkDead: problem(
    'This login link does not work any more',
    'A link works once, for ten minutes. Get a new one with `openclaw dashboard`, or log in below.',
  ),
  secretWrong: problem(
    'That was not accepted',
    'Check that all of it was pasted. `openclaw token status` shows which token the gateway uses.',
  ),
} as const

/** `login`: what was attempted; `null` when the page only looked who is asking. */
export function noticeOf(failure: Failure, login: Login | null): Notice {
  const again = login !== null && 'link' in login ? login : null
  switch (failure.kind) {
    case 'unauthenticated':
      return again === null ? NOTICES.secretWrong : NOTICES.linkDead
    case 'held':
      return {
        ...problem(
          'Too many attempts',
          'The gateway does not look at logins from here for a while.',
        ),
        waitMs: failure.retryAfterMs,
        again,
      }
    case 'unreachable':
      return {
        ...problem('The gateway does not answer', 'Is it running? `openclaw status` tells.'),
        again,
      }
    case 'refused':
      return refusedNotice(failure)
    default:
      return unreachable(failure)
  }
}

function refusedNotice({
  status,
  message,
  requestId,
}: Extract<Failure, { kind: 'refused' }>): Notice {
  const trace = requestId === null ? '' : ` \`openclaw auth why ${requestId}\` tells more.`
  if (status !== 403) return problem('The gateway refused', `${message}${trace}`)
  const detail = `Open it by the address that \`openclaw dashboard\` prints.${trace}`
  return problem('The gateway does not serve its page under this address', detail)
}

function problem(title: string, detail: string): Notice {
  return { tone: 'problem', title, detail, waitMs: 0, again: null }
}

function plain(title: string, detail: string): Notice {
  return { tone: 'plain', title, detail, waitMs: 0, again: null }
}

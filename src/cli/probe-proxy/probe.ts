/** Sends the requests of a probe one after the other, and matches them with what arrived. */
import { unreachable } from '../../core/never.ts'
import type { Answered, Shot } from './send.ts'
import { sendShot } from './send.ts'
import { forgedForwarding, forgedIdentity, type Headers } from './forged.ts'
import { BODY_BYTES } from './judge-surface.ts'
import type { Tries, Try } from './verdict.ts'
import type { Arrival, Started } from './types.ts'

const NAMES = ['plain', 'forwarding', 'identity', 'upgrade', 'body', 'clear'] as const
type Name = (typeof NAMES)[number]

export const REQUESTS = NAMES.length

export interface Aim {
  readonly url: URL
  /** What the proxy wants to see before it passes anything on. */
  readonly headers: Headers
  readonly timeoutMs: number
}

export type Answers = Readonly<Partial<Record<Name, Answered>>>

export async function sendProbe(started: Started, aim: Aim): Promise<Answers> {
  const answers: Partial<Record<Name, Answered>> = {}
  for (const [at, name] of NAMES.entries()) {
    const shot = shotFor(name, started, { aim, nonce: started.nonces[at] ?? '' })
    if (shot !== null) answers[name] = await sendShot(shot)
    // Where nobody answers, five more waits tell nothing.
    if (answers.plain?.kind === 'silent') break
  }
  return answers
}

/** `null`: there is nothing to try. */
export function shotFor(
  name: Name,
  { path, marker, settings }: Started,
  { aim, nonce }: { readonly aim: Aim; readonly nonce: string },
): Shot | null {
  const { headers, timeoutMs } = aim
  const base = { url: new URL(`${path}${nonce}`, aim.url), headers, timeoutMs }
  const { userHeader, assertionHeader, requiredHeaders } = settings
  const configured = [userHeader, assertionHeader, ...requiredHeaders].filter((one) => one !== null)
  switch (name) {
    case 'plain':
      return base
    case 'forwarding':
      return { ...base, headers: { ...forgedForwarding(marker), ...headers } }
    case 'identity':
      return { ...base, headers: { ...forgedIdentity(marker, configured), ...headers } }
    case 'upgrade':
      return { ...base, upgrade: true }
    case 'body':
      return { ...base, bodyBytes: BODY_BYTES }
    case 'clear':
      return base.url.protocol === 'https:' && base.url.port === ''
        ? // What the proxy wants to see may be a cookie, or a password in the address: never without TLS.
          { ...base, headers: {}, url: new URL(`http://${base.url.host}${base.url.pathname}`) }
        : null
    default:
      return unreachable(name)
  }
}

export function triesOf(answers: Answers, arrivals: readonly Arrival[]): Tries {
  const of = (name: Name): Try => ({
    answer: answers[name] ?? { kind: 'silent', why: 'it was not sent' },
    arrival: arrivals.find(({ request }) => request === NAMES.indexOf(name)) ?? null,
  })
  return {
    plain: of('plain'),
    forwarding: of('forwarding'),
    identity: of('identity'),
    upgrade: of('upgrade'),
    body: of('body'),
    clear: answers.clear === undefined ? null : of('clear'),
  }
}

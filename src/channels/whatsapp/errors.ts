/**
 * What WhatsApp's refusals mean: wait, put something right, or never.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 * Told in our words and its numbers: its own sentences can name the person who was written to.
 */
import type { Sent } from '../types.ts'
import type { GraphAnswer } from './graph.ts'

type Failed = Exclude<GraphAnswer, { kind: 'ok' }>

const TOKEN =
  'the access token is not valid, has expired, or may not send from this number: make a permanent one for a system user'

/** Nothing about the message or the person: the account has to be put right, or WhatsApp to recover. */
const WAITS: Readonly<Record<number, string>> = {
  0: TOKEN,
  1: 'WhatsApp has a problem of its own',
  2: 'WhatsApp is not available now',
  3: TOKEN,
  4: 'the app makes too many calls',
  10: TOKEN,
  190: TOKEN,
  368: 'WhatsApp has blocked the account for a while: see its quality and policy pages',
  80007: 'the business account has reached its rate limit',
  130429: 'the number has reached its messages a second',
  131000: 'WhatsApp has a problem of its own',
  131016: 'WhatsApp is not available now',
  131031: 'WhatsApp has locked the account: see its quality and policy pages',
  131042: 'WhatsApp waits for a payment',
  131045: 'the phone number is not registered with the Cloud API',
  131048: 'too many people blocked or reported the number: WhatsApp slows it down',
  131056: 'too many messages to one person in a short time',
  131057: 'the account is in maintenance',
  133010: 'the phone number is not registered with the Cloud API',
}

const NEVER: Readonly<Record<number, string>> = {
  130472: 'WhatsApp does not deliver this message to this person',
  130497: 'WhatsApp does not let the account write to this country',
  131021: 'the number would write to itself',
  131026: 'the person cannot be reached on WhatsApp',
  131030:
    'a test number writes only to the people on its list: add this one, or use another number',
  131047: 'the person wrote more than 24 hours ago: WhatsApp lets nobody answer after that',
  131049: 'WhatsApp does not deliver this message to this person',
}

/** Of one person and us alone: others need not wait. */
const PAIR_LIMIT = 131_056

/** For the operator. */
export function problemWith(answer: Failed): string {
  if (answer.kind === 'unreachable') return 'WhatsApp cannot be reached'
  const { status, code } = answer
  const said = code === null ? `${status}` : `${status}, code ${code}`
  return `WhatsApp said ${said}: ${meaning(answer)}`
}

/** Of a message that was taken and could not be delivered afterwards. */
export function problemWithCode(code: number): string {
  const why = NEVER[code] ?? WAITS[code]
  return why === undefined ? `code ${code}` : `code ${code}: ${why}`
}

export function unsent(answer: Failed): Exclude<Sent, { kind: 'sent' }> {
  const problem = problemWith(answer)
  if (answer.kind === 'unreachable') return { kind: 'later', afterMs: null, problem }
  const { code, afterMs } = answer
  if (isLasting(answer)) return { kind: 'refused', problem }
  return { kind: 'later', afterMs: code === PAIR_LIMIT ? null : afterMs, problem }
}

/** The code decides, where there is one that we know: the same status stands for many things. */
function isLasting({ status, code }: Extract<Failed, { kind: 'error' }>): boolean {
  if (code !== null && code in NEVER) return true
  if (code !== null && (code in WAITS || isPermission(code))) return false
  return status >= 400 && status < 500 && ![401, 404, 408, 429].includes(status)
}

/** Graph's codes for permissions that a token lacks. */
function isPermission(code: number): boolean {
  return code >= 200 && code < 300
}

function meaning({ status, code }: Extract<Failed, { kind: 'error' }>): string {
  const known = code === null ? undefined : (NEVER[code] ?? WAITS[code])
  if (known !== undefined) return known
  if (status === 401 || (code !== null && isPermission(code))) return TOKEN
  if (status === 429) return 'too many calls'
  if (status >= 500) return 'WhatsApp has a problem of its own'
  if (status < 400) return 'an answer that the API does not give: see apiBase'
  if (status === 404) return 'no such phone number: see phoneNumberId and apiBase'
  return 'it does not take this message'
}

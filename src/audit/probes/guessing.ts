/** Wrong credentials, from an address that is nobody's: few enough to lock out nobody else. */
import { counted } from '../../core/counted.ts'
import { AddressList } from '../../core/address.ts'
import { jsonOf } from '../../core/json.ts'
import type { AuditFacts } from '../types.ts'
import { FOREIGN_NAME, http, reported, WHO_ANSWERS, WHOAMI } from './ask.ts'
import type { Answered, Probe, Sent } from './types.ts'

/** Every 127.x.y.z is this host's on Linux; nobody else connects from this one. */
const OWN_CORNER = '127.0.113.7'
/** RFC 5737: no socket has it. */
const NOBODY = '192.0.2.99'
const MOST_WRONG = 3

export const guessing: Probe = {
  id: 'deep.guessing',
  severity: 'critical',
  title: 'The gateway lets wrong credentials in, or never stops them',
  why: 'A wrong token must be refused, and whoever shows too many must be locked out (SPEC 2.4, R24). The lock itself is tried where gateway.auth.rateLimit.maxAttempts is at most 3: more wrong credentials than that are never sent.',
  requests: ({ audit }) => {
    if (!asksForSecret(audit)) return []
    const { maxAttempts } = audit.config.gateway.auth.rateLimit
    const tries = reachable(audit) ? maxAttempts : 1
    return Array.from({ length: tries }, (_, at) => wrongFrom(audit, at))
  },
  more: (answers) =>
    answers.some(({ status }) => status !== 0)
      ? [{ ...http('/api/v1/lockouts'), over: 'owner' }]
      : [],
  judge({ audit }, answers) {
    const guesses = answers.filter(isGuess)
    const letIn = reported(
      guesses.filter((one) => one.letIn),
      'A made-up token was let in',
      WHO_ANSWERS,
    )
    const lockouts = lockoutsIn(answers)
    if (!reachable(audit) || lockouts === null || unheard(guesses)) return letIn
    if (lockouts.includes(addressOf(audit))) return letIn
    const detail = `${counted(guesses.length, 'wrong credential')} from ${addressOf(audit)} locked nobody, where ${KEY} is ${guesses.length}`
    return [...letIn, { detail, fix: WHO_ANSWERS }]
  },
  notTried({ audit }, answers) {
    if (!asksForSecret(audit)) return 'wrong credentials (no token or password is asked for)'
    if (unheard(answers.filter(isGuess)))
      return `wrong credentials (nobody answered ${addressOf(audit)})`
    if (!reachable(audit)) {
      const { maxAttempts } = audit.config.gateway.auth.rateLimit
      return `the limiter (${KEY} is ${maxAttempts}, and at most ${MOST_WRONG} wrong credentials are sent)`
    }
    return lockoutsIn(answers) === null ? 'the limiter (the list of locks could not be read)' : null
  },
}

const KEY = 'gateway.auth.rateLimit.maxAttempts'

function asksForSecret({ rules, unread }: AuditFacts): boolean {
  return unread.length === 0 && (rules.mode === 'token' || rules.mode === 'password')
}

function reachable({ config }: AuditFacts): boolean {
  return config.gateway.auth.rateLimit.maxAttempts <= MOST_WRONG
}

/** The name is foreign, so that nobody is let in as the owner on this host. */
function wrongFrom(audit: AuditFacts, at: number): Sent {
  const wrong = `Authorization: Bearer ${`not-the-token-${at}-`.repeat(4)}`
  const host = `Host: ${FOREIGN_NAME}`
  return proxied(audit)
    ? http(WHOAMI, host, `X-Forwarded-For: ${NOBODY}`, 'X-Forwarded-Proto: https', wrong)
    : { ...http(WHOAMI, host, wrong), from: OWN_CORNER }
}

function addressOf(audit: AuditFacts): string {
  return proxied(audit) ? NOBODY : OWN_CORNER
}

/** A proxy on this host is trusted, so that we may speak as one. */
function proxied({ config }: AuditFacts): boolean {
  return new AddressList(config.gateway.trustedProxies).has('127.0.0.1')
}

function isGuess({ sent }: Answered): boolean {
  return sent.over === 'port'
}

function unheard(guesses: readonly Answered[]): boolean {
  return guesses.length === 0 || guesses.some(({ status }) => status === 0)
}

/** Addresses that are locked; `null` when the owner was not told. */
function lockoutsIn(answers: readonly Answered[]): readonly string[] | null {
  const told = answers.find(({ sent }) => sent.over === 'owner')
  const value = told?.status === 200 ? jsonOf(told.body) : null
  if (typeof value !== 'object' || value === null || !('lockouts' in value)) return null
  const list: readonly unknown[] = Array.isArray(value.lockouts) ? value.lockouts : []
  return list.flatMap((lock) =>
    typeof lock === 'object' && lock !== null && 'address' in lock ? String(lock.address) : [],
  )
}

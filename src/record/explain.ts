/** `auth why`: one entry of the record in words, with what to do. */
import { REASONS } from '../access/reasons.ts'
import { unreachable } from '../core/never.ts'
import type { StoredRequest } from './entries.ts'
import type { Found } from './read.ts'
import { ALLOWED_DESPITE } from './refusals.ts'

/** Several lines, without a line break at the end. Holds nothing that the entry does not: no secret. */
export function explain(found: Found): string {
  const lines = found.kind === 'request' ? explainRequest(found) : explainSummarised(found)
  return lines.map(printable).join('\n')
}

/** What the operator can do about `code`; `null` for a code we do not know. */
export function fixFor(code: string): string | null {
  const reason = Object.entries(REASONS).find(([name]) => name === code)
  // `trusted_proxy_missing_header_x-forwarded-proto` is a reason and what varies.
  const varied = reason ?? Object.entries(REASONS).find(([name]) => code.startsWith(`${name}_`))
  return varied?.[1].fix ?? null
}

type Request = Extract<Found, { kind: 'request' }>
type Summarised = Extract<Found, { kind: 'summarised' }>

function explainRequest(found: Request): readonly string[] {
  const { entry } = found
  return [
    headline(entry),
    `  when        ${moment(entry.at)}`,
    `  asked for   ${entry.operation}${aboutIn(entry)}, over ${surfaceInWords(entry.surface)}`,
    `  from        ${origin(entry)}`,
    `  Host        ${entry.host === '' ? 'none' : entry.host}; ${entry.origin === null ? 'no Origin' : `Origin ${entry.origin}`}`,
    `  forwarding headers that came: ${entry.forwarding.length === 0 ? 'none' : entry.forwarding.join(', ')}`,
    ...unfollowedLines(entry),
    ...unaskedLines(entry),
    ...changeLines(found),
    'How it was decided:',
    ...traceLines(entry),
    ...failureLines(entry),
    ...fixLines(entry),
  ]
}

function headline(entry: StoredRequest): string {
  const who = entry.principal === null ? '' : ` as ${entry.principal}`
  const how = entry.method === null ? '' : ` by ${entry.method}`
  const print = entry.fingerprint === null ? '' : ` (${entry.fingerprint})`
  const why = entry.code === null ? '' : `: ${entry.code}`
  return `Request ${entry.requestId} was ${entry.outcome}${who}${how}${print}${why}`
}

function aboutIn({ subject }: StoredRequest): string {
  return subject === undefined ? '' : ` (${subject})`
}

function origin({ client, peer }: StoredRequest): string {
  return client === peer ? client : `${client}, through ${peer}`
}

/** The one thing that everybody behind a proxy shares when it was not listed: one address, and one lock (R42). */
function unfollowedLines({ client, peer, forwarding }: StoredRequest): readonly string[] {
  if (client !== peer || !forwarding.includes('x-forwarded-for')) return []
  return [
    `  X-Forwarded-For was not followed, so the client is ${peer} itself: if that is a proxy of yours, list it in gateway.trustedProxies`,
  ]
}

/** Everything was asked but Tailscale: whoever set up Serve may not know that it is off here (R43). */
function unaskedLines({ code, forwarding }: StoredRequest): readonly string[] {
  if (code !== 'nothing_presented' || !forwarding.includes('tailscale-user-login')) return []
  return [
    '  Tailscale-User-Login came, and nobody was asked about it: gateway.auth.tailscale "enabled" lets tailnet users in',
  ]
}

function surfaceInWords(surface: string): string {
  const words: Readonly<Record<string, string>> = {
    http: 'HTTP',
    websocket: 'WebSocket',
    owner: "the owner's socket",
    channel: 'a chat network',
  }
  return words[surface] ?? surface
}

function changeLines({ change, changeCode }: Request): readonly string[] {
  switch (change) {
    case 'none':
      return []
    case 'done':
      return ['  the change was carried out']
    case 'failed':
      return [`  the change failed${changeCode === null ? '' : `: ${changeCode}`}`]
    case 'open':
      return [
        '  the change has no recorded end: it is still running, or the gateway was stopped in the middle of it',
      ]
    default:
      return unreachable(change)
  }
}

function traceLines({ trace }: StoredRequest): readonly string[] {
  if (trace.length === 0) return ['  nothing had to be asked']
  return trace.map(({ step, verdict, reason, detail }) => {
    const facts = [reason, detail].filter((fact) => fact !== null).join(', ')
    return `  ${step.padEnd(14)}${verdictInWords(verdict)}${facts === '' ? '' : `: ${facts}`}`
  })
}

function verdictInWords(verdict: string): string {
  const words: Readonly<Record<string, string>> = {
    abstain: 'does not apply',
    accept: 'accepted',
    reject: 'refused',
    held: 'not compared, too many wrong guesses',
  }
  return words[verdict] ?? verdict
}

function failureLines({ failures }: StoredRequest): readonly string[] {
  if (failures.length === 0) return []
  return [
    'Counted as wrong guesses:',
    ...failures.map((failure) => `  ${failure.class} ${failure.fingerprint}: ${failure.reason}`),
  ]
}

function fixLines({ code, outcome, failures }: StoredRequest): readonly string[] {
  const codes = outcome === 'allowed' ? failures.map(({ reason }) => reason) : [code ?? '']
  const fixes = [...new Set(codes)].map(fixFor).filter((fix) => fix !== null)
  return fixes.length === 0 ? [] : ['What to do:', ...fixes.map((fix) => `  ${fix}`)]
}

function explainSummarised({ requestId, code, entry }: Summarised): readonly string[] {
  const despite = code.startsWith(ALLOWED_DESPITE)
  const reason = despite ? code.slice(ALLOWED_DESPITE.length) : code
  const fix = fixFor(reason)
  const clients = Object.entries(entry.clients).map(([client, count]) => `${client} (${count})`)
  const others = entry.otherClients === 0 ? [] : [`others (${entry.otherClients})`]
  return [
    `Request ${requestId} was ${despite ? 'allowed, with a wrong guess beside' : 'refused'}: ${reason}`,
    `  when        between ${moment(entry.at)} and ${moment(entry.until)}`,
    `  It was one of ${entry.count} that came too fast to be written one by one.`,
    `  They came from ${[...clients, ...others].join(', ')}`,
    ...(fix === null ? [] : ['What to do:', `  ${fix}`]),
  ]
}

function moment(at: number): string {
  return new Date(at).toISOString()
}

/** What strangers wrote must not command the terminal that it is shown on. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}

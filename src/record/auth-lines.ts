/** Refusals as single lines on standard output, for `docker compose logs | grep -i auth` (S2). */
import type { SummaryEntry } from './entries.ts'
import type { RequestEntry } from './types.ts'

/** `auth refused token_mismatch client=203.0.113.9 peer=127.0.0.1 operation=whoami request=…`, without a line break. */
export function authLine(entry: RequestEntry): string {
  const facts = {
    client: entry.client,
    peer: entry.peer,
    operation: entry.operation,
    ...(entry.origin === null ? {} : { origin: shownOrigin(entry.origin) }),
    ...(entry.principal === null ? {} : { principal: entry.principal }),
    request: entry.requestId,
  }
  return `auth refused ${plain(entry.code ?? 'unknown')} ${pairs(facts)}`
}

/** `auth refused 412 more: token_mismatch=400 origin_not_allowed=12 clients=7`, for what came faster than lines are printed. */
export function authSummaryLine(summary: SummaryEntry): string {
  const codes = Object.entries(summary.codes).map(([code, { count }]) => [code, String(count)])
  const clients = Object.keys(summary.clients).length
  const many = summary.otherClients > 0 ? `${clients}+` : String(clients)
  return `auth refused ${summary.count} more: ${pairs({ ...Object.fromEntries(codes), clients: many })}`
}

function pairs(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${plain(name)}=${plain(value)}`)
    .join(' ')
}

/** Whatever else a header holds may be a secret, and `plain` would change it before it can be known as one (R59). */
function shownOrigin(origin: string): string {
  return origin === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]{1,100}$/i.test(origin)
    ? origin
    : '?'
}

const LONGEST = 120

/**
 * Names and headers come from strangers: a line break would forge a line, an escape sequence would
 * command the terminal, a blank or `=` would forge a fact.
 */
function plain(text: string): string {
  return text.replaceAll(/[^\x21-\x3c\x3e-\x7e]/g, '?').slice(0, LONGEST)
}

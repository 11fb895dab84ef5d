/** Vocabulary of a probe: what was tried, and what is said about it. */
import type { Finding } from '../../audit/types.ts'
import type { Answered } from './send.ts'
import type { Arrival, ProbeSettings } from './types.ts'

/** Nothing wrong, and worth saying; else a finding. */
export type Verdict =
  | { readonly kind: 'good'; readonly what: string }
  | { readonly kind: 'finding'; readonly finding: Finding<never> }

/** One request of the probe: what the sender heard, and what the gateway saw of it. */
export interface Try {
  readonly answer: Answered
  /** `null`: it did not arrive. */
  readonly arrival: Arrival | null
}

export interface Tries {
  /** As any stranger's. */
  readonly plain: Try
  readonly forwarding: Try
  readonly identity: Try
  readonly upgrade: Try
  readonly body: Try
  /** Without TLS at the usual port; `null` where the address is not at the usual one of TLS. */
  readonly clear: Try | null
}

export interface Probed {
  readonly url: URL
  readonly settings: ProbeSettings
  /** The address that was forged. */
  readonly forgedAddress: string
  readonly tries: Tries
}

interface Said {
  readonly detail: string
  readonly fix: string
}

export function good(what: string): Verdict {
  return { kind: 'good', what }
}

export function critical(checkId: string, title: string, said: Said): Verdict {
  return found('critical', { checkId, title, ...said })
}

export function warning(checkId: string, title: string, said: Said): Verdict {
  return found('warning', { checkId, title, ...said })
}

export function info(checkId: string, title: string, said: Said): Verdict {
  return found('info', { checkId, title, ...said })
}

function found(
  severity: Finding['severity'],
  finding: Omit<Finding<never>, 'severity' | 'repairs'>,
): Verdict {
  return { kind: 'finding', finding: { ...finding, severity, repairs: [] } }
}

export function inWords(answer: Answered): string {
  return answer.kind === 'silent' ? answer.why : `it answers ${answer.status}`
}

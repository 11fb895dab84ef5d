/** What another configuration would change for one recorded request. */
import type { StoredRequest } from '../../record/entries.ts'
import type { Outcome } from './judge.ts'

/** Requests alike: the same principal, from the same address, by the same method. */
export interface Changed {
  readonly principal: string
  readonly address: string
  readonly method: string
  /** What is lost or gained: `everything`, or scopes. */
  readonly what: string
  /** Why they are refused by the configuration that refuses them; `null` where only scopes differ. */
  readonly code: string | null
  readonly count: number
  /** Request id: `openclaw auth why` explains it. */
  readonly example: string
}

/** `changed` is `null` where nothing does, and where nobody can say. */
export interface Verdict {
  readonly kind: 'same' | 'gain' | 'loss' | 'undecided'
  readonly changed: Omit<Changed, 'count'> | null
  readonly why: string
}

/** `was`: by the configuration as it is; `is`: by the candidate. */
export function compared(entry: StoredRequest, was: Outcome, is: Outcome): Verdict {
  const undecided = [was, is].find((one) => one.kind === 'undecided')
  if (undecided?.kind === 'undecided')
    return { kind: 'undecided', changed: null, why: undecided.why }
  const about = { address: entry.client, example: entry.requestId }
  if (was.kind === 'allowed' && is.kind === 'allowed') return scopesCompared(about, was, is)
  if (was.kind === 'allowed' && is.kind === 'refused')
    return changed('loss', { ...about, ...was, what: 'everything', code: is.code })
  if (was.kind === 'refused' && is.kind === 'allowed')
    return changed('gain', { ...about, ...is, what: 'everything', code: was.code })
  return { kind: 'same', changed: null, why: '' }
}

type Allowed = Extract<Outcome, { kind: 'allowed' }>
type About = Pick<Changed, 'address' | 'example'>

/** Somebody else, or with more, is a gain even where something else is lost. */
function scopesCompared(about: About, was: Allowed, is: Allowed): Verdict {
  const more = is.scopes.filter((scope) => !was.scopes.includes(scope))
  const less = was.scopes.filter((scope) => !is.scopes.includes(scope))
  if (more.length > 0) return changed('gain', { ...about, ...is, what: more.join(' '), code: null })
  if (less.length > 0)
    return changed('loss', { ...about, ...was, what: less.join(' '), code: null })
  return { kind: 'same', changed: null, why: '' }
}

function changed(
  kind: 'gain' | 'loss',
  { principal, address, method, what, code, example }: Omit<Changed, 'count'>,
): Verdict {
  return { kind, changed: { principal, address, method, what, code, example }, why: '' }
}

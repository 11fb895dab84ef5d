/** Whether a gateway that runs takes over a configuration: the same answer for a reload and for a change that is only proposed. */
import type { Loaded, LoadResult } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { startRules, type StartRules } from '../config/start-rules.ts'
import type { ApiKeys } from '../access/types.ts'
import { keysLikeSecrets } from './key-classes.ts'

export type Applicable =
  | { readonly kind: 'applicable'; readonly loaded: Loaded; readonly rules: StartRules }
  /** In words, one each. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

/** `old`: what it lives by. */
export function applicable(next: LoadResult, old: Loaded, apiKeys: ApiKeys): Applicable {
  if (next.kind === 'refused') return { kind: 'refused', problems: next.problems.map(problemText) }
  const rules = startRules(next.config, keysLikeSecrets(next.config, apiKeys))
  const problems = [...rules.problems.map(problemText), ...goneSince(old, next, rules)]
  return problems.length > 0
    ? { kind: 'refused', problems }
    : { kind: 'applicable', loaded: next, rules }
}

/** A file that vanished, or a token that did, is a slip of somebody's editor: only a start begins from nothing. */
function goneSince(old: Loaded, next: Loaded, rules: StartRules): readonly string[] {
  if (old.text !== null && next.text === null) return [`${old.location.file} is gone`]
  return rules.generateToken
    ? ['gateway.auth.token is gone, and nothing else is configured in its place']
    : []
}

/** What ends a request before anyone looks at its credentials. */
import { originAllowed, pageAllowed } from './origin.ts'
import type { Reason } from './reasons.ts'
import type { AccessPolicy, Evidence } from './types.ts'

/** `page`: the static files of the page, which a link on any site may open. */
export function screen(
  evidence: Evidence,
  policy: AccessPolicy,
  target: 'page' | 'operation',
): Reason | null {
  if (target === 'page' && !pageAllowed(evidence, policy)) return 'origin_not_allowed'
  if (target === 'page' && evidence.browser.origin === null && evidence.browser.navigation)
    return null
  return originAllowed(evidence, policy) ? null : 'origin_not_allowed'
}

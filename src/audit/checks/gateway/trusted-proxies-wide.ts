/** Whether so many are trusted as proxies that strangers are among them. */
import type { Check } from '../../types.ts'
import { waysIn } from '../../ways-in.ts'
import { fromProblems } from '../from-problems.ts'

export const trustedProxiesWide: Check = {
  id: 'gateway.trusted_proxies_wide',
  severity: 'critical',
  title: 'Nearly everybody is trusted as a proxy',
  why: 'Whoever is trusted names the client address, and so escapes every lock (SPEC 2.1). In mode trusted-proxy they name the user as well: it is then critical, and asked of the decision code for an address that is nobody’s.',
  find(facts) {
    const forged = waysIn(facts).find(
      ({ from, shows }) => from === 'elsewhere' && shows === 'forged proxy',
    )
    const severity = forged === undefined ? 'warning' : 'critical'
    return fromProblems(facts.rules.warnings, ['trusted_proxies_wide']).map(({ detail, fix }) => ({
      severity,
      detail:
        forged === undefined
          ? detail
          : `${detail}; ${forged.request.peer} is ${forged.decided.principal}`,
      fix,
    }))
  },
}

/** Runs the checks over the facts: what is wrong, the worst first; what the owner accepts stays in sight. */
import { CHECKS, WITHOUT_CONFIG } from './checks/index.ts'
import type { AuditFacts, Check, Finding, Severity } from './types.ts'

export interface Suppression {
  /** Id of a check. */
  readonly check: string
  readonly reason: string
}

export interface Audited {
  readonly findings: readonly Finding[]
  /** Found, and accepted by the owner with a reason. */
  readonly suppressed: readonly { readonly finding: Finding; readonly reason: string }[]
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 }

export function audit(
  facts: AuditFacts,
  suppressions: readonly Suppression[] = [],
  checks: readonly Check[] = facts.unread.length > 0 ? WITHOUT_CONFIG : CHECKS,
): Audited {
  const sorted = findingsOf(checks, facts)
  const reasons = new Map(suppressions.map(({ check, reason }) => [check, reason]))
  return {
    findings: sorted.filter(({ checkId }) => !reasons.has(checkId)),
    suppressed: sorted.flatMap((finding) => {
      const reason = reasons.get(finding.checkId)
      return reason === undefined ? [] : [{ finding, reason }]
    }),
  }
}

/** What the checks find, the worst first. */
export function findingsOf<Facts, Mend>(
  checks: readonly Check<Facts, Mend>[],
  facts: Facts,
): readonly Finding<Mend>[] {
  const found = checks.flatMap((check) =>
    check.find(facts).map((one) => ({
      checkId: one.network === undefined ? check.id : check.id.replace('<network>', one.network),
      severity: one.severity ?? check.severity,
      title: check.title,
      detail: one.detail,
      fix: one.fix,
      repairs: one.repairs ?? [],
    })),
  )
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}

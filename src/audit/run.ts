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
  const found = checks.flatMap((check) => findingsOf(check, facts))
  const sorted = found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
  const reasons = new Map(suppressions.map(({ check, reason }) => [check, reason]))
  return {
    findings: sorted.filter(({ checkId }) => !reasons.has(checkId)),
    suppressed: sorted.flatMap((finding) => {
      const reason = reasons.get(finding.checkId)
      return reason === undefined ? [] : [{ finding, reason }]
    }),
  }
}

function findingsOf(check: Check, facts: AuditFacts): readonly Finding[] {
  const { id, severity, title } = check
  return check.find(facts).map((found) => ({
    checkId: found.network === undefined ? id : id.replace('<network>', found.network),
    severity: found.severity ?? severity,
    title,
    detail: found.detail,
    fix: found.fix,
    repairs: found.repairs ?? [],
  }))
}

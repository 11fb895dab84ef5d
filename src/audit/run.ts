/** Runs the checks over the facts: what is wrong, the worst first; what the owner accepts stays in sight. */
import { CHECKS, WITHOUT_CONFIG } from './checks/index.ts'
import type { AuditFacts, Check, Finding, Found, Repair, Severity } from './types.ts'

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
  return arrange(findingsOf(checks, facts), suppressions)
}

/** The worst first, without what the owner accepts. */
export function arrange(found: readonly Finding[], suppressions: readonly Suppression[]): Audited {
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

/** What the checks find, the worst first. */
export function findingsOf<Facts, Mend>(
  checks: readonly Check<Facts, Mend>[],
  facts: Facts,
): readonly Finding<Mend>[] {
  const found = checks.flatMap((check) => check.find(facts).map((one) => findingOf(check, one)))
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}

/** What a check or probe found. */
export function findingOf<Mend = Repair>(
  { id, severity, title }: Pick<Check, 'id' | 'severity' | 'title'>,
  found: Found<Mend>,
): Finding<Mend> {
  return {
    checkId: found.network === undefined ? id : id.replace('<network>', found.network),
    severity: found.severity ?? severity,
    title,
    detail: found.detail,
    fix: found.fix,
    repairs: found.repairs ?? [],
  }
}

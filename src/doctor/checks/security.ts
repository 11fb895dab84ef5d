/** What the security audit says, in one line: it has its own command. */
import { counted } from '../../core/counted.ts'
import type { Check } from '../types.ts'

export const security: Check = {
  id: 'security.findings',
  severity: 'critical',
  title: 'The security audit has findings',
  why: 'The audit is run like `openclaw security audit` runs it (S1: open DM policies, shared sessions, missing allowlists, weak authentication). Warnings alone are said for information, as the audit’s own exit code has it; `--fix` mends what the audit mends.',
  find({ security: audited }) {
    const found = (audited?.findings ?? []).filter(({ severity }) => severity !== 'info')
    const critical = found.filter(({ severity }) => severity === 'critical')
    if (found.length === 0) return []
    const mendable = found.some(({ repairs }) => repairs.length > 0)
    const titles = found.map(({ title, checkId }) => `${title} (${checkId})`).join('; ')
    return [
      {
        severity: critical.length > 0 ? 'critical' : 'info',
        detail: `${critical.length} critical, ${counted(found.length - critical.length, 'warning')}: ${titles}`,
        fix: 'openclaw security audit',
        repairs: mendable ? [{ kind: 'audit' }] : [],
      },
    ]
  },
}

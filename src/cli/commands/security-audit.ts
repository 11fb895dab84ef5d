/** `openclaw security audit`: what about this gateway lets somebody in who should not be, and what to do about it (SPEC 9). */
import type { Finding, Severity } from '../../audit/types.ts'
import { flag } from '../arguments.ts'
import { json, line, style, type Style } from '../output.ts'
import type { AuditEnd } from '../parts.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const securityAudit: Command = {
  name: 'security audit',
  summary: 'Find what is unsafe about this gateway, and how to mend it.',
  arguments: [],
  options: [
    { flags: '--deep', description: 'also try the gateway that runs, as a stranger would' },
    { flags: '--fix', description: 'mend what is safe to mend without asking' },
  ],
  examples: [
    { line: 'openclaw security audit', does: 'exits 1 while something critical is open' },
    { line: 'openclaw security audit --deep', does: 'asks the running gateway from outside, too' },
    {
      line: 'openclaw security audit --fix',
      does: 'narrows permissions, says what it did, and looks again',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const options = { deep: flag(args, 'deep'), fix: flag(args, 'fix') }
  const end = await context.parts.audit(options, context)
  if (flag(args, 'json')) json(context, valueOf(end))
  else print(end, context)
  return end.findings.some(({ severity }) => severity === 'critical') ? EXIT.no : EXIT.done
}

function valueOf({ findings, suppressed, repaired }: AuditEnd): object {
  return {
    findings: findings.map(viewOf),
    accepted: suppressed.map(({ finding, reason }) => ({ ...viewOf(finding), reason })),
    repaired,
  }
}

function viewOf({ repairs, ...finding }: Finding): object {
  return { ...finding, autoFix: repairs.length > 0 }
}

function print({ findings, suppressed, repaired }: AuditEnd, context: Context): void {
  const paint = style(context)
  for (const { what, done } of repaired) line(context, `${done ? 'mended ' : 'left    '} ${what}`)
  if (repaired.length > 0) line(context, '')
  for (const finding of findings) {
    line(context, `${badge(finding.severity, paint)} ${paint.bold(finding.title)}`)
    line(context, `         ${finding.detail}`)
    line(context, `         ${finding.fix}  ${paint.dim(finding.checkId)}`)
  }
  for (const { finding, reason } of suppressed)
    line(context, paint.dim(`accepted ${finding.title} (${finding.checkId}): ${reason}`))
  line(context, summaryOf(findings))
}

function badge(severity: Severity, paint: Style): string {
  const text = severity.padEnd(8)
  return severity === 'critical' ? paint.red(text) : text
}

function summaryOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'nothing found'
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length
  const mendable = findings.filter(({ repairs }) => repairs.length > 0).length
  const next = mendable === 0 ? '' : `; openclaw security audit --fix mends ${mendable}`
  return `${count('critical')} critical, ${count('warning')} warnings, ${count('info')} for information${next}`
}

/** `openclaw security audit`: what about this gateway lets somebody in who should not be, and what to do about it (SPEC 9). */
import { counted } from '../../core/counted.ts'
import { flag } from '../arguments.ts'
import { json, line, paintedLine, style } from '../output.ts'
import type { AuditEnd } from '../parts.ts'
import { findingView, showFindings, showRepaired, summaryOf } from '../show-findings.ts'
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

function valueOf({ findings, suppressed, repaired, deep }: AuditEnd): object {
  return {
    findings: findings.map(findingView),
    accepted: suppressed.map(({ finding, reason }) => ({ ...findingView(finding), reason })),
    repaired,
    ...(deep !== null && { deep }),
  }
}

function print({ findings, suppressed, repaired, deep }: AuditEnd, context: Context): void {
  const paint = style(context)
  showRepaired(repaired, context)
  showFindings(findings, context)
  for (const { finding, reason } of suppressed)
    paintedLine(context, paint.dim(`accepted ${finding.title} (${finding.checkId}): ${reason}`))
  if (deep !== null && deep.requests > 0) paintedLine(context, paint.dim(triedOf(deep)))
  line(context, summaryOf(findings, 'openclaw security audit --fix'))
}

function triedOf({ requests, tookMs, notTried }: NonNullable<AuditEnd['deep']>): string {
  const tried = `tried    the gateway that runs with ${counted(requests, 'request')} in ${(tookMs / 1000).toFixed(1)} s`
  return notTried.length === 0 ? tried : `${tried}; not tried: ${notTried.join('; ')}`
}

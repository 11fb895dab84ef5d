/** How findings of the audit and of the doctor are shown to people. */
import { counted } from '../core/counted.ts'
import type { Finding, Severity } from '../audit/types.ts'
import { line, paintedLine, printable, style, type Style } from './output.ts'
import type { Context } from './types.ts'

export interface Repaired {
  readonly what: string
  readonly done: boolean
}

export function showRepaired(repaired: readonly Repaired[], context: Context): void {
  for (const { what, done } of repaired) line(context, `${done ? 'mended ' : 'left    '} ${what}`)
  if (repaired.length > 0) line(context, '')
}

export function showFindings(findings: readonly Finding<unknown>[], context: Context): void {
  const paint = style(context)
  for (const finding of findings) {
    paintedLine(context, `${badge(finding.severity, paint)} ${paint.bold(finding.title)}`)
    line(context, `         ${finding.detail}`)
    paintedLine(context, `         ${printable(finding.fix)}  ${paint.dim(finding.checkId)}`)
  }
}

function badge(severity: Severity, paint: Style): string {
  const text = severity.padEnd(8)
  return severity === 'critical' ? paint.red(text) : text
}

/** `mend`: the command that mends what can be mended without asking. */
export function summaryOf(findings: readonly Finding<unknown>[], mend: string): string {
  if (findings.length === 0) return 'nothing found'
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length
  const mendable = findings.filter(({ repairs }) => repairs.length > 0).length
  const next = mendable === 0 ? '' : `; ${mend} mends ${mendable}`
  return `${count('critical')} critical, ${counted(count('warning'), 'warning')}, ${count('info')} for information${next}`
}

/** As `--json` has it. */
export function findingView({ repairs, ...finding }: Finding<unknown>): object {
  return { ...finding, autoFix: repairs.length > 0 }
}

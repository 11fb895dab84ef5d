/** `openclaw security audit`: collects the facts, runs the checks, repairs what is safe, and looks again. */
import type { AuditEnd, AuditOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { look } from './audit-look.ts'
import { mend } from './audit-mend.ts'

export async function auditState(options: AuditOptions, io: Io): Promise<AuditEnd> {
  const before = await look(io)
  if (!options.fix) return { ...before.audited, repaired: [] }
  const { repaired, after } = await mend(before.audited.findings, before, io)
  return { ...after.audited, repaired }
}

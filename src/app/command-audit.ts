/** `openclaw security audit`: collects the facts, runs the checks, repairs what is safe, and looks again; with `--deep` the gateway that runs is tried. */
import { arrange } from '../audit/run.ts'
import type { AuditEnd, AuditOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { stateDirOf } from '../config/locate.ts'
import { standInForOwner } from '../host/become-owner.ts'
import { configHost } from '../host/config-host.ts'
import { auditDeep } from './audit-deep.ts'
import { look, type Look } from './audit-look.ts'
import { mend } from './audit-mend.ts'

export async function auditState(options: AuditOptions, io: Io): Promise<AuditEnd> {
  if (options.fix) standInForOwner(stateDirOf(io.env, configHost(io.env).home))
  const before = await look(io)
  if (!options.fix) return finish(before, [], options)
  const { repaired, after } = await mend(before.audited.findings, before, io)
  return finish(after, repaired, options)
}

async function finish(
  { audited, facts, loaded, tailnet }: Look,
  repaired: AuditEnd['repaired'],
  { deep }: AuditOptions,
): Promise<AuditEnd> {
  if (!deep) return { ...audited, repaired, deep: null }
  const { findings, ...tried } = await auditDeep({ audit: facts, loaded, tailnet })
  const all = [
    ...audited.findings,
    ...audited.suppressed.map(({ finding }) => finding),
    ...findings,
  ]
  return { ...arrange(all, facts.config.security.audit.accepted), repaired, deep: tried }
}

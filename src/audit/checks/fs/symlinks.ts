/** Whether a link in the state dir leads to a place that is not the gateway's. */
import type { AuditFacts, Check, FileFact } from '../../types.ts'
import { has, octal, WORLD_WRITE } from './bits.ts'

export const symlinksOut: Check = {
  id: 'fs.symlink_leads_out',
  severity: 'critical',
  title: 'A link in the state dir leads out of it',
  why: 'What is written through it lands elsewhere, and what is read is whatever lies there (SPEC 9). A warning, and critical where somebody else can change what it leads to.',
  find: (facts) =>
    facts.files
      .filter((file) => leadsOut(file, facts))
      .map((file) => {
        const { path = '', mode = 0 } = file.target ?? {}
        return {
          severity: isForeign(file, facts) ? 'critical' : 'warning',
          detail: `${file.path} leads to ${path} (mode ${octal(mode)})`,
          fix: 'Put the file itself there, or accept this check with your reason',
        }
      }),
}

function leadsOut({ path, target }: FileFact, { stateDir, place }: AuditFacts): boolean {
  if (target === null || !path.startsWith(`${stateDir}/`)) return false
  return !target.path.startsWith(`${place.path}/`)
}

function isForeign({ target }: FileFact, { uid }: AuditFacts): boolean {
  if (target === null) return false
  return has(target, WORLD_WRITE) || ![uid, 0].includes(target.uid)
}

/** `openclaw security audit`: collects the facts, runs the checks, repairs what is safe, and looks again. */
import { readFile } from 'node:fs/promises'
import { audit } from '../audit/run.ts'
import type { AuditEnd, AuditOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { editConfig } from '../config/edit.ts'
import { load, type Loaded } from '../config/load.ts'
import { parseKeyPath } from '../config/key-path.ts'
import { problemText } from '../config/problem.ts'
import { systemClock } from '../core/clock.ts'
import { codeOf } from '../core/errors.ts'
import { configHost } from '../host/config-host.ts'
import { auditFacts } from './audit-facts.ts'
import { repairAll, type Repaired } from './audit-repair.ts'
import { askHost } from './host-facts.ts'

export async function auditState(options: AuditOptions, io: Io): Promise<AuditEnd> {
  const before = await look(io)
  if (before.kind === 'unreadable') return before
  if (!options.fix) return { ...before, repaired: [] }
  const repaired = await repair(before, io)
  const after = await look(io)
  return after.kind === 'unreadable' ? after : { ...after, repaired }
}

type Looked =
  | ({ readonly kind: 'audited' } & ReturnType<typeof audit>)
  | { readonly kind: 'unreadable'; readonly message: string }

async function look(io: Io): Promise<Looked> {
  const loaded = await loadAnyway(io)
  if (typeof loaded === 'string') return { kind: 'unreadable', message: loaded }
  const { host } = await askHost(loaded.config, io.env['PATH'] ?? '')
  const facts = await auditFacts({ loaded, host, now: systemClock() })
  return { kind: 'audited', ...audit(facts, loaded.config.security.audit.accepted) }
}

/** Files that others can write are judged here, too: that is what the audit is for. */
async function loadAnyway({ env }: Io): Promise<Loaded | string> {
  const host = { ...configHost(env), read: readUnjudged }
  const loaded = await load({ variables: env, flags: {}, host, missing: 'omit' })
  return loaded.kind === 'loaded' ? loaded : loaded.problems.map(problemText).join(' ')
}

async function readUnjudged(path: string) {
  try {
    return { kind: 'text' as const, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'absent' as const }
    const fix = 'Run the audit as the user whose gateway it is'
    return { kind: 'refused' as const, why: `cannot be read (${codeOf(error)})`, fix }
  }
}

function repair(
  { findings }: Extract<Looked, { kind: 'audited' }>,
  { env }: Io,
): Promise<readonly Repaired[]> {
  return repairAll(findings, {
    hashKeys: () => Promise.reject(new Error('not built yet')),
    async set(key, value) {
      const path = parseKeyPath(key)
      if (path === null) throw new Error(`${key} is no key`)
      const edited = await editConfig({ variables: env, flags: {}, host: configHost(env) }, () => [
        { kind: 'set', path, value },
      ])
      if (edited.kind === 'refused') throw new Error(edited.problems.map(problemText).join(' '))
    },
  })
}

/** For tests: a state dir as a row describes it, and what the audit finds in it, by the real decision code. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { auditFacts } from '../../src/app/audit-facts.ts'
import { askHost } from '../../src/app/host-facts.ts'
import { audit } from '../../src/audit/run.ts'
import type { Finding } from '../../src/audit/types.ts'
import { load } from '../../src/config/load.ts'
import { configHost } from '../../src/host/config-host.ts'

/** One state of a gateway. */
export interface AuditState {
  readonly config?: object
  /** Text by path below the state dir. */
  readonly files?: Readonly<Record<string, string>>
  /** Mode by path below the state dir; `.` is the state dir itself. */
  readonly modes?: Readonly<Record<string, number>>
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds since the epoch; now where it is missing. */
  readonly now?: number
}

/** Of one check: a state that it reports, and one that differs only in what was mended. */
export interface CheckRow {
  readonly wrong: AuditState
  readonly right: AuditState
  /** Stands in the detail of what is reported. */
  readonly says: RegExp
}

export async function findingsIn(state: AuditState): Promise<readonly Finding[]> {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-audit-'))
  try {
    lay(dir, state)
    const env = { HOME: dir, OPENCLAW_STATE_DIR: dir, ...state.env }
    const loaded = await load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
    if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems))
    const { host } = await askHost(loaded.config, '/nowhere')
    // Owner and permissions are judged as the row has them, after everything was read.
    for (const [path, mode] of Object.entries(state.modes ?? {})) chmodSync(join(dir, path), mode)
    const facts = await auditFacts({ loaded, host, now: state.now ?? Date.now() })
    return audit(facts).findings
  } finally {
    chmodSync(dir, 0o700)
    rmSync(dir, { recursive: true, force: true })
  }
}

function lay(dir: string, { config = {}, files = {} }: AuditState): void {
  chmodSync(dir, 0o700)
  const all = { 'openclaw.json': JSON.stringify(config), ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(dir, path), text, { mode: 0o600 })
  }
}

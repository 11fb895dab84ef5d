/** For tests: a state dir as a row describes it, and what the audit finds in it, by the real decision code. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { look } from '../../src/app/audit-look.ts'
import type { Finding } from '../../src/audit/types.ts'
import { openStore } from '../../src/storage/open.ts'
import { senderStore } from '../../src/storage/senders.ts'
import type { SenderApproval } from '../../src/senders/types.ts'

/** One state of a gateway. */
export interface AuditState {
  /** A text is written as it is. */
  readonly config?: object | string
  /** Text by path below the state dir. */
  readonly files?: Readonly<Record<string, string>>
  /** Mode by path below the state dir; `.` is the state dir itself. */
  readonly modes?: Readonly<Record<string, number>>
  /** Where a link leads, by its path below the state dir. */
  readonly links?: Readonly<Record<string, string>>
  /** Uid by path below the state dir; needs root. */
  readonly owners?: Readonly<Record<string, number>>
  /** Gid by path below the state dir; needs root. */
  readonly groups?: Readonly<Record<string, number>>
  /** Folders around the state dir, from the topmost: `Dropbox/openclaw`. */
  readonly inside?: string
  /** Folders made beside it, below the same topmost one: `.git`. */
  readonly beside?: readonly string[]
  readonly approvals?: readonly SenderApproval[]
  /** `{top}` is the folder around the state dir. */
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
  /** The id that is reported, where the check's own has `<network>` in it. */
  readonly as?: string
  readonly needsRoot?: true
}

export interface Scene {
  /** The state dir. */
  readonly dir: string
  readonly io: { readonly env: Readonly<Record<string, string>> }
  remove(): void
}

export async function sceneOf(state: AuditState): Promise<Scene> {
  const top = mkdtempSync(join(tmpdir(), 'openclaw-audit-'))
  const dir = state.inside === undefined ? top : join(top, state.inside)
  for (const folder of state.beside ?? []) mkdirSync(join(top, folder), { recursive: true })
  mkdirSync(dir, { recursive: true })
  chmodSync(dir, 0o700)
  lay(dir, state)
  if (state.approvals !== undefined) await approve(dir, state.approvals)
  for (const [path, target] of Object.entries(state.links ?? {}))
    symlinkSync(target, join(dir, path))
  for (const [path, mode] of Object.entries(state.modes ?? {})) chmodSync(join(dir, path), mode)
  for (const [path, uid] of Object.entries(state.owners ?? {})) chownSync(join(dir, path), uid, 0)
  for (const [path, gid] of Object.entries(state.groups ?? {})) chownSync(join(dir, path), 0, gid)
  return {
    dir,
    io: { env: { HOME: dir, OPENCLAW_STATE_DIR: dir, PATH: '/nowhere', ...envIn(top, state) } },
    remove() {
      chmodSync(dir, 0o700)
      rmSync(top, { recursive: true, force: true })
    },
  }
}

export async function findingsIn(state: AuditState): Promise<readonly Finding[]> {
  const scene = await sceneOf(state)
  try {
    return (await look(scene.io, state.now)).audited.findings
  } finally {
    scene.remove()
  }
}

function envIn(top: string, { env = {} }: AuditState): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('{top}', top)]),
  )
}

function lay(dir: string, { config = {}, files = {} }: AuditState): void {
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  for (const [path, content] of Object.entries({ 'openclaw.json': text, ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(dir, path), content, { mode: 0o600 })
  }
}

async function approve(dir: string, approvals: readonly SenderApproval[]): Promise<void> {
  const store = await openStore(dir)
  await senderStore(store).save({ approvals })
  await store.close()
}

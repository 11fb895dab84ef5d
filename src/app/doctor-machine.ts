/** The disk, lock files, leftovers and service manager round a state dir. */
import { existsSync } from 'node:fs'
import { lstat, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Io } from '../cli/types.ts'
import type { DiskFact, LeftoverFact, LockFact, ServiceFact, UnitFact } from '../doctor/types.ts'
import { probeLock } from '../host/file-lock.ts'
import { lockHolder } from '../host/lock-holder.ts'

/** Of the folder, or of the nearest one above it that is there. */
export async function diskFact(path: string): Promise<DiskFact | null> {
  if (!existsSync(path) && dirname(path) !== path) return diskFact(dirname(path))
  const found = await statfs(path).catch(() => null)
  if (found === null) return null
  const { bavail, bsize, files, ffree } = found
  return { freeBytes: bavail * bsize, freeFiles: files === 0 ? null : ffree }
}

const FOLDERS = ['.', 'auth', 'identity', 'credentials'] as const
/** Whoever only changes a file is done by then. */
const LOOK_AGAIN_MS = 150

export async function lockFacts(
  stateDir: string,
  configFile: string | null,
): Promise<readonly LockFact[]> {
  const beside = configFile === null ? [] : [`${configFile}.lock`]
  const inside = await filesIn(stateDir, (name) => name.endsWith('.lock'))
  const paths = [...new Set([...inside, ...beside])].filter((path) => existsSync(path))
  return Promise.all(paths.map(async (path) => ({ path, state: await stateOf(path, true) })))
}

async function stateOf(path: string, again: boolean): Promise<LockFact['state']> {
  const probed = probeLock(path)
  if (probed.kind === 'free') return { kind: 'free' }
  if (probed.kind === 'failed') return { kind: 'unlockable', why: probed.why }
  const pid = await lockHolder(path)
  if (!again || path.endsWith('/gateway.lock')) return { kind: 'held', pid }
  await setTimeout(LOOK_AGAIN_MS)
  return stateOf(path, false)
}

export async function leftoverFacts(
  stateDir: string,
  now: number,
): Promise<readonly LeftoverFact[]> {
  const paths = await filesIn(stateDir, (name) => kindOf(name) !== null)
  const found = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path).catch(() => null)
      const kind = kindOf(path)
      return stats?.isFile() && kind !== null ? [{ path, kind, ageMs: now - stats.mtimeMs }] : []
    }),
  )
  return found.flat()
}

/** As `host/replace-file.ts` names them. */
function kindOf(name: string): LeftoverFact['kind'] | null {
  if (/\.[0-9a-f]{12}\.tmp$/.test(name)) return 'temporary'
  return /\.bak(\.\d+)?$/.test(name) ? 'backup' : null
}

async function filesIn(
  stateDir: string,
  wanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const path = join(stateDir, folder)
      // What lies behind a link is not the gateway's to mend.
      const linked = folder !== '.' && (await lstat(path).catch(() => null))?.isSymbolicLink()
      const names = linked === true ? [] : await readdir(path).catch(() => [])
      return names.filter(wanted).map((name) => join(stateDir, folder, name))
    }),
  )
  return found.flat()
}

const SECRETS =
  /\b(OPENCLAW_GATEWAY_TOKEN|OPENCLAW_GATEWAY_PASSWORD|ANTHROPIC_API_KEY|OPENAI_API_KEY|CLAUDE_AI_SESSION_KEY)=/g

export async function serviceFact({ env }: Io): Promise<ServiceFact> {
  const home = env['HOME'] ?? userInfo().homedir
  const folders = [
    { scope: 'user', folder: join(home, '.config/systemd/user') },
    { scope: 'system', folder: '/etc/systemd/system' },
  ] as const
  const units = await Promise.all(folders.map(unitsIn))
  const linger = '/var/lib/systemd/linger'
  return {
    container:
      existsSync('/.dockerenv') ||
      existsSync('/run/.containerenv') ||
      env['KUBERNETES_SERVICE_HOST'] !== undefined,
    units: units.flat(),
    lingers: existsSync('/run/systemd/system')
      ? existsSync(join(linger, userInfo().username))
      : null,
  }
}

async function unitsIn({
  scope,
  folder,
}: {
  readonly scope: UnitFact['scope']
  readonly folder: string
}): Promise<readonly UnitFact[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.service'))
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const text = await readFile(path, 'utf8').catch(() => '')
      if (!/^ExecStart=.*\bopenclaw\b/m.test(text)) return []
      const secrets = [...text.matchAll(SECRETS)].map(([, variable = '']) => variable)
      return [{ path, scope, secrets: [...new Set(secrets)] }]
    }),
  )
  return found.flat()
}

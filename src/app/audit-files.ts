/** What the audit looks at on disk: kind, permissions and owner of the files that decide who gets in, never their content. */
import type { Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileFact, FileRole, LinkTarget } from '../audit/types.ts'
import type { Loaded } from '../config/load.ts'
import { isPrivateGroup } from '../host/permissions.ts'

/** Deeper than anything that the gateway puts there. */
const DEEPEST = 4
const MOST_FILES = 5_000

/** By the first part of the path below the state dir. */
const ROLES: Readonly<Record<string, FileRole>> = {
  '.env': 'environment',
  auth: 'credentials',
  credentials: 'credentials',
  '.secrets': 'secrets',
  '.secrets.age': 'secrets',
  'store.sqlite': 'store',
  records: 'record',
}

export async function auditFiles({ location, config }: Loaded): Promise<readonly FileFact[]> {
  const { stateDir, file } = location
  const keys = config.security.apiKeys.file
  const { identity } = config.secrets
  const outside = [file, keys, identity].filter((path) => dirname(path) !== stateDir)
  const folders = new Set(outside.map((path) => dirname(path)))
  const roleOf = (path: string): FileRole => {
    if (path === stateDir) return 'state-dir'
    if (path === file) return 'config'
    if (path === keys) return 'api-keys'
    if (path === identity) return 'identity'
    if (folders.has(path) && !path.startsWith(`${stateDir}/`)) return 'outside-folder'
    const [first = ''] = path.slice(stateDir.length + 1).split('/')
    return ROLES[first.replace(/-(?:wal|shm|journal)$/, '')] ?? 'other'
  }
  const found = new Map<string, FileFact>()
  const look = async (path: string): Promise<FileFact | null> => {
    const stats = await lstat(path).catch(() => null)
    if (stats === null) return null
    const target = stats.isSymbolicLink() ? await targetOf(path) : null
    const fact = { role: roleOf(path), target, ...factOf(path, stats) }
    found.set(path, fact)
    return fact
  }
  const walk = async (path: string, depth: number): Promise<void> => {
    const fact = await look(path)
    // Of links only the state dir itself is gone through: it may be one.
    const folder = depth === 0 ? (fact?.target ?? fact) : fact
    if (folder?.kind !== 'folder' || depth > DEEPEST) return
    for (const name of await readdir(path).catch(() => [])) {
      if (found.size >= MOST_FILES) return
      await walk(join(path, name), depth + 1)
    }
  }
  await walk(stateDir, 0)
  for (const path of [...folders, ...outside]) if (!found.has(path)) await look(path)
  return [...found.values()]
}

/** A link that leads nowhere leads to nobody's file. */
async function targetOf(path: string): Promise<LinkTarget | null> {
  try {
    return factOf(await realpath(path), await stat(path))
  } catch {
    return null
  }
}

function factOf(path: string, stats: Stats): LinkTarget {
  const { mode, uid, gid, mtimeMs } = stats
  const groupWrites = (mode & 0o070) !== 0
  return {
    path,
    kind: kindOf(stats),
    mode: mode & 0o7777,
    uid,
    privateGroup: groupWrites && isPrivateGroup({ uid, gid }),
    changedAt: mtimeMs,
  }
}

function kindOf(stats: Stats): FileFact['kind'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

/** Where the owner's socket lies: in the state dir, or nearer to the root where that path is too long for a socket. */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** `sun_path` holds 108 bytes with the final NUL on Linux, 104 on macOS. */
const MAX_BYTES = process.platform === 'linux' ? 107 : 103

export type OwnerSocketPath =
  | { readonly kind: 'at'; readonly path: string }
  | { readonly kind: 'none'; readonly message: string }

interface Surroundings {
  readonly stateDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
  /** The folder for temporary files, usually `os.tmpdir()`. */
  readonly temporary: string
}

/**
 * The same for the gateway and for the command line. A folder counts only when it is ours alone:
 * in a shared one somebody else could put a socket of his own in our place.
 */
export function ownerSocketPath({ stateDir, env, uid, temporary }: Surroundings): OwnerSocketPath {
  const beside = join(stateDir, 'gateway.sock')
  if (fits(beside)) return { kind: 'at', path: beside }

  const name = `openclaw-${fingerprintOf(stateDir)}.sock`
  const runtime = [env['XDG_RUNTIME_DIR'] ?? '', `/run/user/${uid}`].filter((folder) =>
    folder.startsWith('/'),
  )
  const ours = `openclaw-${uid}`
  const candidates = [
    ...runtime.map((folder) => ({ folder, create: false })),
    { folder: join(temporary, ours), create: true },
    { folder: join('/tmp', ours), create: true },
  ]
  const usable = candidates.find(
    ({ folder, create }) => fits(join(folder, name)) && isPrivate(folder, { create, uid }),
  )
  if (usable !== undefined) return { kind: 'at', path: join(usable.folder, name) }
  return {
    kind: 'none',
    message: `no folder for the owner's socket: ${beside} is longer than ${MAX_BYTES} bytes, and none of ${candidates.map(({ folder }) => folder).join(', ')} is a folder of yours alone. Use a shorter OPENCLAW_STATE_DIR.`,
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_BYTES
}

/** Two state dirs never share a socket, and one reached by two names has one. */
function fingerprintOf(stateDir: string): string {
  return createHash('sha256').update(realPath(stateDir)).digest('hex').slice(0, 16)
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isPrivate(
  folder: string,
  { create, uid }: { readonly create: boolean; readonly uid: number },
): boolean {
  try {
    if (create) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder)
    return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0
  } catch {
    return false
  }
}

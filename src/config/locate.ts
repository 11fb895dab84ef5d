/** Which file is the configuration: three names are read, and two of them at once are one too many. */
import { isAbsolute, join, resolve } from 'node:path'
import { existsSync } from 'node:fs'
import type { Variables } from './host-port.ts'
import type { Problem } from './problem.ts'

export const CONFIG_NAMES = ['openclaw.json', 'config.json', 'gateway.yaml'] as const

export interface Location {
  readonly stateDir: string
  /** The file in use, or the one that the first change makes. */
  readonly file: string
  /** Relative paths in the file start here. */
  readonly folder: string
  readonly dotenv: string
}

export type Located =
  | { readonly kind: 'located'; readonly location: Location }
  | { readonly kind: 'refused'; readonly problem: Problem }

interface Where {
  readonly variables: Variables
  readonly home: string
  /** `--config`; wins over OPENCLAW_CONFIG_PATH. */
  readonly path: string | undefined
}

/** `OPENCLAW_STATE_DIR`, else `~/.openclaw`. */
export function stateDirOf(variables: Variables, home: string): string {
  const named = filled(variables['OPENCLAW_STATE_DIR'])
  return resolve(named === undefined ? join(home, '.openclaw') : inHome(named, home))
}

export function locate({ variables, home, path }: Where): Located {
  const stateDir = stateDirOf(variables, home)
  const dotenv = join(stateDir, '.env')
  const named = filled(path) ?? filled(variables['OPENCLAW_CONFIG_PATH'])
  if (named !== undefined) return located({ stateDir, dotenv, file: resolve(inHome(named, home)) })

  const folder = resolve(inHome(filled(variables['OPENCLAW_CONFIG_DIR']) ?? stateDir, home))
  const present = CONFIG_NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file))
  const [file = join(folder, CONFIG_NAMES[0]), second] = present
  if (second === undefined) return located({ stateDir, dotenv, file })
  const message = `two configuration files: ${present.join(' and ')}`
  const fix = 'Move what you need into one of them and delete the other; nothing was read'
  return { kind: 'refused', problem: { code: 'two_files', key: null, where: null, message, fix } }
}

function located(found: Omit<Location, 'folder'>): Located {
  return { kind: 'located', location: { ...found, folder: resolve(found.file, '..') } }
}

/** An empty variable is how Docker Compose passes one that is not set. */
function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value
}

/** `~` and `~/x` in the home folder; anything else as it is. */
function inHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path
}

export function resolvedPath(
  path: string,
  { home, folder }: { readonly home: string; readonly folder: string },
): string {
  const full = inHome(path, home)
  return isAbsolute(full) ? full : resolve(folder, full)
}

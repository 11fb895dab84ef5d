/** What a command sees of the environment: next to nothing, since this one may hold the gateway's own secrets (R61). */
import { isAbsolute, delimiter } from 'node:path'
import type { Environment } from './types.ts'

const ALWAYS = ['HOME', 'LANG'] as const
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin'

/** `OPENCLAW_GATEWAY_TOKEN` and its kin are for this program alone, also when a list names them. */
export function mayPass(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^OPENCLAW_/i.test(name)
}

export function childEnvironment(
  own: Environment,
  names: readonly string[],
): Record<string, string> {
  const passed = [...ALWAYS, ...names.filter(mayPass)].flatMap((name) => {
    const value = own[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), PATH: searchPath(own['PATH']) }
}

/** Without relative folders: which program a name means must not depend on where the command runs. */
function searchPath(path: string | undefined): string {
  const folders = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  return folders.length === 0 ? DEFAULT_PATH : folders.join(delimiter)
}

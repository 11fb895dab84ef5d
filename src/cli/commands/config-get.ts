/** `openclaw config get [PATH]`: the value in force, defaults included. */
import { canonicalPath } from '../../config/aliases.ts'
import { keyText, parseKeyPath, valueAt, type KeyPath } from '../../config/key-path.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import { unknownKey } from '../../config/validate.ts'
import { inForce, withoutSecrets } from '../../config/view.ts'
import { Secret } from '../../core/secret.ts'
import { EXIT, type Io } from '../types.ts'
import { printProblems, readConfig, secretShower, type ConfigFileOption } from './config-reading.ts'

export interface ConfigGetArgs extends ConfigFileOption {
  /** Everything when left out. */
  readonly path?: string | undefined
  readonly json: boolean
  readonly reveal: boolean
}

export async function runConfigGet(args: ConfigGetArgs, io: Io): Promise<number> {
  const path = args.path === undefined ? [] : namedPath(args.path, io)
  if (path === null) return EXIT.no
  const loaded = await readConfig(args, io)
  if (loaded === null) return EXIT.no

  const value = valueAt(inForce(loaded.config), path)
  if (value === undefined)
    return notSet(
      {
        path,
        json: args.json,
        omitted: loaded.warnings.map(({ key, message }) => ({ key, message })),
      },
      io,
    )
  const show = holdsSecret(value) ? await secretShower(loaded, args.reveal) : String
  const shown = withoutSecrets(value, show)
  io.stdout(`${args.json ? JSON.stringify(shown) : plain(shown)}\n`)
  return EXIT.done
}

/** `null` when no such key exists; that has then been printed. */
export function namedPath(text: string, io: Io): KeyPath | null {
  const path = parseKeyPath(text)
  if (path === null) {
    io.stderr(
      `"${text}" is no key. Keys look like gateway.auth.token, agents.list[0].id or a.b["name"]\n`,
    )
    return null
  }
  const meant = canonicalPath(path)
  if (settingAt(configSchema, meant) !== null || belowPlugin(meant)) return meant
  printProblems([unknownKey(meant, null)], io)
  return null
}

/** A plugin's own settings are not in our schema. */
function belowPlugin(path: KeyPath): boolean {
  return keyText(path.slice(0, 2)) === 'plugins.entries' && path[3] === 'config'
}

interface NotSet {
  readonly path: KeyPath
  readonly json: boolean
  readonly omitted: readonly { readonly key: string | null; readonly message: string }[]
}

function notSet({ path, json, omitted }: NotSet, io: Io): number {
  const key = keyText(path)
  const why = omitted.find((warning) => warning.key === key)
  if (json) io.stdout('null\n')
  io.stderr(`${key} is not set${why === undefined ? '' : `: ${why.message}`}\n`)
  return EXIT.no
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret)
}

function plain(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, null, 2)
    : String(value)
}

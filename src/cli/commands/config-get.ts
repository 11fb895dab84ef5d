/** `openclaw config get [PATH]`: the value in force, defaults included. */
import { keyText, valueAt, type KeyPath } from '../../config/key-path.ts'
import { inForce, withoutSecrets } from '../../config/view.ts'
import { Secret } from '../../core/secret.ts'
import { jsonText, note, printableLines } from '../output.ts'
import { EXIT, type Io } from '../types.ts'
import { readConfig, secretShower, type ConfigOptions } from './config-reading.ts'
import { knownPath } from './config-path.ts'

export interface ConfigGetArgs extends ConfigOptions {
  /** Everything when left out. */
  readonly path?: string | undefined
  readonly reveal: boolean
}

export async function runConfigGet(args: ConfigGetArgs, io: Io): Promise<number> {
  const path = args.path === undefined ? [] : knownPath(args.path, args, io)
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
  io.stdout(`${args.json ? jsonText(shown) : plain(shown, io)}\n`)
  return EXIT.done
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
  note(io, `${key} is not set${why === undefined ? '' : `: ${why.message}`}`)
  return EXIT.no
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret)
}

/** A script gets the very text; a terminal would obey what is in it. */
function plain(value: unknown, { isTty }: Io): string {
  if (typeof value === 'object' && value !== null) return jsonText(value, 2)
  return isTty ? printableLines(String(value)) : String(value)
}

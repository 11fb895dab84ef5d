/** What a change does to the config file, key by key; secrets as fingerprints. */
import { isDeepStrictEqual } from 'node:util'
import { isTree, keyText, valueAt, type KeyPath, type Tree } from '../../config/key-path.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import { Secret } from '../../core/secret.ts'

export interface Difference {
  readonly key: string
  /** As it may be shown; `null`: not in the file. */
  readonly before: string | null
  readonly after: string | null
}

/** `before` and `after`: the file as it is written, `${VARIABLES}` unexpanded. */
export function differences(
  before: Tree,
  after: Tree,
  show: (secret: Secret) => string,
): readonly Difference[] {
  const paths = [...leaves(before, []), ...leaves(after, [])]
  const unique = [...new Map(paths.map((path) => [keyText(path), path])).values()]
  return unique.flatMap((path) => {
    const [was, is] = [valueAt(before, path), valueAt(after, path)]
    if (isDeepStrictEqual(was, is)) return []
    const shown = (value: unknown) => (value === undefined ? null : inWords(path, value, show))
    return [{ key: keyText(path), before: shown(was), after: shown(is) }]
  })
}

function leaves(value: unknown, path: KeyPath): readonly KeyPath[] {
  // A reference to a secret is one value, however many members it has.
  const whole = path.length > 0 && settingAt(configSchema, path)?.kind === 'secret'
  if (whole || !isTree(value)) return path.length === 0 ? [] : [path]
  return Object.entries(value).flatMap(([name, entry]) => leaves(entry, [...path, name]))
}

function inWords(path: KeyPath, value: unknown, show: (secret: Secret) => string): string {
  const kind = settingAt(configSchema, path)?.kind
  if (kind === 'secret' && typeof value === 'string')
    return /^\$\{\w+\}$/.test(value) ? value : show(new Secret(value))
  // A plugin's own settings, and keys that the schema does not know: who can say what they hold.
  return kind === undefined || kind === 'any' ? '[not shown]' : JSON.stringify(value)
}

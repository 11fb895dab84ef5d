/** The changes that `--set key=value` means. */
import type { Change } from '../../config/apply-changes.ts'
import { keyText } from '../../config/key-path.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import { typedValue } from '../../config/typed-value.ts'
import { knownPath } from '../commands/config-path.ts'
import type { ConfigOptions } from '../commands/config-reading.ts'
import { problem } from '../output.ts'
import { linesFor } from '../secret-options.ts'
import type { Io } from '../types.ts'

/** `null`: one cannot be understood, and that has been said. */
export async function fromFlags(
  given: readonly string[],
  { options, io }: { readonly options: ConfigOptions; readonly io: Io },
): Promise<readonly Change[] | null> {
  const changes: { readonly change: Change; readonly text: string }[] = []
  for (const words of given) {
    const at = words.indexOf('=')
    if (at < 1) {
      problem(io, `configure: --set is written key=value: ${JSON.stringify(words.slice(0, 60))}`)
      return null
    }
    const path = knownPath(words.slice(0, at), options, io)
    if (path === null) return null
    const text = words.slice(at + 1)
    changes.push({ change: { kind: 'set', path, value: typedValue(path, text) }, text })
  }
  return withSecretsRead(changes, io)
}

/** Each `-` in the place of a secret is a line of standard input, in the order given. */
async function withSecretsRead(
  changes: readonly { readonly change: Change; readonly text: string }[],
  io: Io,
): Promise<readonly Change[]> {
  const secrets = changes.filter(
    ({ change: { path } }) => settingAt(configSchema, path)?.kind === 'secret',
  )
  const hidden = secrets
    .filter(({ text }) => text === '-')
    .map(({ change }) => keyText(change.path))
  if (secrets.some(({ text }) => text !== '-' && !/^\$\{\w+\}$/.test(text)))
    problem(
      io,
      'warning: a secret on the command line can be read by every user of this machine while the command runs; `key=-` reads it from standard input',
    )
  const labels = new Map(hidden.map((key) => [key, key]))
  const lines = hidden.length === 0 ? {} : await linesFor(labels, io)
  return changes.map(({ change }) => {
    const read = lines[keyText(change.path)]
    return read === undefined ? change : { ...change, value: read }
  })
}

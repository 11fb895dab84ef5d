/** `openclaw config set PATH VALUE` and `config unset PATH`: change the file, comments kept. */
import type { Change } from '../../config/apply-changes.ts'
import { editConfig } from '../../config/edit.ts'
import { keyText } from '../../config/key-path.ts'
import { problemText } from '../../config/problem.ts'
import { typedValue } from '../../config/typed-value.ts'
import { EXIT, type Io } from '../types.ts'
import { namedPath } from './config-get.ts'
import { printProblems, requestOf, type ConfigFileOption } from './config-reading.ts'

export interface ConfigSetArgs extends ConfigFileOption {
  readonly path: string
  /** JSON5, or text as it stands. */
  readonly value: string
}

export async function runConfigSet(args: ConfigSetArgs, io: Io): Promise<number> {
  const path = namedPath(args.path, io)
  if (path === null) return EXIT.no
  return applyChange({ kind: 'set', path, value: typedValue(path, args.value) }, args, io)
}

export interface ConfigUnsetArgs extends ConfigFileOption {
  readonly path: string
}

/** Also takes keys that do not exist: how else would one get rid of them. */
export async function applyChange(
  change: Change,
  option: ConfigFileOption,
  io: Io,
): Promise<number> {
  const edited = await editConfig(requestOf(option, io, 'omit'), () => [change])
  if (edited.kind === 'refused') {
    printProblems(edited.problems, io)
    return EXIT.no
  }
  const key = keyText(change.path)
  const done = change.kind === 'set' ? `${key} set` : `${key} removed`
  io.stdout(
    edited.changed
      ? `${done} in ${edited.location.file}\n`
      : `${edited.location.file} already says so\n`,
  )
  for (const warning of edited.warnings) io.stderr(`warning: ${problemText(warning)}\n`)
  const [winner] = edited.now.kind === 'loaded' ? edited.now.offers(change.path) : []
  const outside = winner !== undefined && winner.from !== 'config' && winner.from !== 'default'
  if (outside) io.stderr(`warning: ${winner.source} wins over the file for ${key}\n`)
  return EXIT.done
}

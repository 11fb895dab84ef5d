/** `openclaw config set PATH VALUE`, and what it shares with `config unset PATH`: change the file, comments kept. */
import type { Change } from '../../config/apply-changes.ts'
import { editConfig, type Edited } from '../../config/edit.ts'
import { keyText } from '../../config/key-path.ts'
import { problemText, type Problem } from '../../config/problem.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import { unknownKey } from '../../config/validate.ts'
import { typedValue } from '../../config/typed-value.ts'
import { nextCommands } from '../../config/next-command.ts'
import { jsonText, line, note } from '../output.ts'
import { warningsAfter } from '../config-warnings.ts'
import { EXIT, type Context } from '../types.ts'
import { isKnown, knownPath } from './config-path.ts'
import { printProblems, requestOf, type ConfigOptions } from './config-reading.ts'

export interface ConfigSetArgs extends ConfigOptions {
  readonly path: string
  /** JSON5, or text as it stands. */
  readonly value: string
}

export async function runConfigSet(args: ConfigSetArgs, io: Context): Promise<number> {
  const path = knownPath(args.path, args, io)
  if (path === null) return EXIT.no
  return applyChange({ kind: 'set', path, value: typedValue(path, args.value) }, args, io)
}

/** Also removes keys that do not exist: how else would one get rid of them. */
export async function applyChange(
  change: Change,
  options: ConfigOptions,
  io: Context,
): Promise<number> {
  const edited = await editConfig(requestOf(options, io, 'omit'), () => [change])
  if (edited.kind === 'refused') {
    printProblems(
      edited.problems.map((problem) => withListSpelling(problem, change)),
      options,
      io,
    )
    return EXIT.no
  }
  if (!edited.changed && change.kind === 'unset' && !isKnown(change.path)) {
    printProblems([unknownKey(change.path, null)], options, io)
    return EXIT.no
  }
  const warnings = [...(await warningsAfter(edited, io)), ...overruled(edited, change)]
  const path = keyText(change.path)
  const { changed, startable, location, waiting } = edited
  const problems = edited.problems.map(problemText)
  if (options.json) {
    const said = { path, file: location.file, changed, startable, problems, warnings, waiting }
    io.stdout(`${jsonText(said)}\n`)
  } else {
    line(io, done(edited, change))
    if (startable && waiting.length > 0) line(io, RESTART_APPLIES)
  }
  for (const one of problems) note(io, `problem: ${one}`)
  for (const warning of warnings) note(io, `warning: ${warning}`)
  if (changed && !startable)
    io.stderr(
      'written, but the gateway does not start with it; one that runs keeps the configuration it has\n',
    )
  for (const command of nextCommands(edited.problems)) note(io, `next: ${command}`)
  return EXIT.done
}

const RESTART_APPLIES =
  'a gateway that runs keeps the old value: `openclaw gateway restart` applies it'

function done({ changed, location }: Edited, { kind, path }: Change): string {
  if (!changed) return `${location.file} already says so`
  return `${keyText(path)} ${kind === 'set' ? 'set' : 'removed'} in ${location.file}`
}

/** What stands outside the file and wins over it. */
function overruled({ now }: Edited, { kind, path }: Change): readonly string[] {
  const [winner] = now.kind === 'loaded' ? now.offers(path) : []
  const outside = winner !== undefined && winner.from !== 'config' && winner.from !== 'default'
  if (!outside) return []
  const key = keyText(path)
  return [
    kind === 'set'
      ? `${winner.source} wins over the file for ${key}`
      : `${winner.source} sets ${key} all the same`,
  ]
}

/** A list is the one thing whose spelling a shell gets in the way of. */
function withListSpelling(problem: Problem, change: Change): Problem {
  const { path } = change
  if (change.kind !== 'set' || problem.key !== keyText(path) || Array.isArray(change.value))
    return problem
  if (settingAt(configSchema, path)?.kind !== 'list') return problem
  const entry = typeof change.value === 'string' && /^[^'"\\\s]{1,80}$/.test(change.value)
  const list = JSON.stringify([entry ? change.value : '…'])
  return {
    ...problem,
    fix: `${problem.fix}. In a shell: openclaw config set ${problem.key} '${list}'`,
  }
}

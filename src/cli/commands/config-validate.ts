/** `openclaw config validate`: would the gateway start with this configuration? */
import { load, type LoadResult } from '../../config/load.ts'
import { problemText, type Problem } from '../../config/problem.ts'
import { startRules } from '../../config/start-rules.ts'
import { jsonText, note } from '../output.ts'
import { EXIT, type Context, type Io } from '../types.ts'
import { requestOf, type ConfigOptions } from './config-reading.ts'

export async function runConfigValidate(args: ConfigOptions, io: Context): Promise<number> {
  const result = await load(requestOf(args, io, 'refuse'))
  const { problems, warnings } = await judged(result, args, io)
  const valid = problems.length === 0
  const file = result.kind === 'loaded' && result.text !== null ? result.location.file : null
  if (args.json) io.stdout(`${jsonText({ valid, problems, warnings })}\n`)
  else report({ problems, warnings, file }, io)
  return valid ? EXIT.done : EXIT.no
}

async function judged(
  result: LoadResult,
  { config }: ConfigOptions,
  { parts }: Context,
): Promise<Pick<Report, 'problems' | 'warnings'>> {
  if (result.kind === 'refused') return { problems: result.problems, warnings: [] }
  if (config !== undefined && result.text === null)
    return { problems: [absent(result.location.file)], warnings: [] }
  const { problems } = startRules(result.config)
  return { problems, warnings: await parts.configWarnings(result) }
}

/** Who names a file wants that one judged: that the defaults would do says nothing about it. */
function absent(file: string): Problem {
  const where = { source: file, line: null }
  const fix = 'Check the path, or leave --config out'
  return { code: 'unreadable', key: null, where, message: 'does not exist', fix }
}

interface Report {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly file: string | null
}

function report({ problems, warnings, file }: Report, io: Io): void {
  for (const warning of warnings) note(io, `warning: ${problemText(warning)}`)
  for (const problem of problems) note(io, problemText(problem))
  if (problems.length === 0)
    io.stdout(
      file === null ? 'There is no configuration file; the defaults hold\n' : `${file} is valid\n`,
    )
}

/** `openclaw config validate`: would the gateway start with this configuration? */
import { load } from '../../config/load.ts'
import { problemText, type Problem } from '../../config/problem.ts'
import { startRules } from '../../config/start-rules.ts'
import { EXIT, type Io } from '../types.ts'
import { requestOf, type ConfigFileOption } from './config-reading.ts'

export interface ConfigValidateArgs extends ConfigFileOption {
  readonly json: boolean
}

export async function runConfigValidate(args: ConfigValidateArgs, io: Io): Promise<number> {
  const result = await load(requestOf(args, io, 'refuse'))
  const rules = result.kind === 'loaded' ? startRules(result.config) : null
  const problems = result.kind === 'refused' ? result.problems : (rules?.problems ?? [])
  const warnings = result.kind === 'refused' ? [] : [...result.warnings, ...(rules?.warnings ?? [])]
  const valid = problems.length === 0
  if (args.json) io.stdout(`${JSON.stringify({ valid, problems, warnings })}\n`)
  else
    report(
      {
        problems,
        warnings,
        file: result.kind === 'loaded' && result.text !== null ? result.location.file : null,
      },
      io,
    )
  return valid ? EXIT.done : EXIT.no
}

interface Report {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly file: string | null
}

function report({ problems, warnings, file }: Report, io: Io): void {
  for (const warning of warnings) io.stderr(`warning: ${problemText(warning)}\n`)
  for (const problem of problems) io.stderr(`${problemText(problem)}\n`)
  if (problems.length === 0)
    io.stdout(
      file === null ? 'There is no configuration file; the defaults hold\n' : `${file} is valid\n`,
    )
}

/** `openclaw config set|unset` with `--confirm`, `--force` or `--url`: the gateway changes its file, and may undo it (SPEC 14.5). */
import { z } from 'zod'
import type { KeyPath } from '../../config/key-path.ts'
import { keyText } from '../../config/key-path.ts'
import { typedValue } from '../../config/typed-value.ts'
import { durationMs, flag, text, type Reading } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line, localTime, note, problem } from '../output.ts'
import { EXIT, type Arguments, type Context } from '../types.ts'
import { knownPath, writtenPath } from './config-path.ts'

const changedShape = z.object({
  path: z.string(),
  file: z.string(),
  changed: z.boolean(),
  undoAt: z.number().nullable(),
  warnings: z.array(z.string()),
  waiting: z.array(z.string()),
})
type Changed = z.output<typeof changedShape>

export interface Wanted {
  readonly path: string
  /** JSON5, or text as it stands; without one the key is removed. */
  readonly value?: string
}

const DAY_MS = 86_400_000

export async function runConfigChange(
  { path: written, value }: Wanted,
  args: Arguments,
  context: Context,
): Promise<number> {
  const wrong = (message: string): number => {
    problem(context, message)
    return EXIT.usage
  }
  if (text(args, 'config') !== undefined)
    return wrong('--config is for changing a file here; the gateway changes its own')
  const confirm = confirmMs(args)
  if (confirm.kind === 'wrong') return wrong(confirm.message)
  const path = pathOf({ path: written, ...(value !== undefined && { value }) }, args, context)
  if (path === null) return EXIT.no
  const params = {
    path: keyText(path),
    ...(value === undefined ? { unset: true } : { value: typedValue(path, value) }),
    ...(confirm.value !== null && { confirmMs: confirm.value }),
    ...(flag(args, 'force') && { force: true }),
  }
  const answer = await ask({ method: 'config.change', params, shape: changedShape }, args, context)
  if (answer.kind !== 'answered') {
    if (answer.kind === 'not-running')
      problem(
        context,
        'nothing was changed: it is the gateway that makes this change, and undoes it',
      )
    return reportNoAnswer(answer, args, context)
  }
  if (flag(args, 'json')) json(context, answer.value)
  else print(answer.value, context)
  return EXIT.done
}

function confirmMs(args: Arguments): Reading<number | null> {
  const given = text(args, 'confirm')
  if (given === undefined) return { kind: 'value', value: null }
  const value = durationMs(given)
  if (value !== null && value >= 1000 && value <= DAY_MS) return { kind: 'value', value }
  return { kind: 'wrong', message: '--confirm must be a duration of at most a day: 90s, 5m, 1h' }
}

function pathOf({ path, value }: Wanted, args: Arguments, context: Context): KeyPath | null {
  const options = { json: flag(args, 'json') }
  return value === undefined
    ? writtenPath(path, options, context)
    : knownPath(path, options, context)
}

function print(
  { path, file, changed, undoAt, warnings, waiting }: Changed,
  context: Context,
): void {
  if (!changed) return line(context, `${file} already says so`)
  line(context, `${path} changed in ${file}`)
  if (waiting.length > 0)
    line(context, `${waiting.join(', ')}: \`openclaw gateway restart\` puts it into force`)
  if (undoAt !== null)
    line(
      context,
      `undone at ${localTime(undoAt)}, unless an administrator gets in by the new rules before that: \`openclaw config confirm\``,
    )
  for (const warning of warnings) note(context, `warning: ${warning}`)
}

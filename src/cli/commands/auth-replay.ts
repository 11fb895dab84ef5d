/** `openclaw auth replay`: who would gain and who would lose access by another configuration (SPEC 14.8). */
import { counted } from '../../core/counted.ts'
import { flag, moment, text } from '../arguments.ts'
import { json, line, paintedLine, problem, style } from '../output.ts'
import type { ReplayEnd } from '../parts.ts'
import { table } from '../table.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const authReplay: Command = {
  name: 'auth replay',
  summary: 'Run recorded decisions against another configuration: who gains, who loses access.',
  arguments: [],
  options: [
    { flags: '--config <file>', description: 'the configuration to try; nothing is changed' },
    { flags: '--since <when>', description: 'from then on: 7d, 2026-11-20 (all that is kept)' },
  ],
  examples: [
    {
      line: 'openclaw auth replay --config candidate.json --since 7d',
      does: 'exits 1 when somebody gains access',
    },
  ],
  run,
}

type Replayed = Extract<ReplayEnd, { kind: 'replayed' }>

async function run(args: Arguments, context: Context): Promise<number> {
  const wrong = (message: string): number => {
    problem(context, message)
    return EXIT.usage
  }
  const config = text(args, 'config')
  if (config === undefined) return wrong('--config names the configuration to try')
  const given = text(args, 'since')
  const since = given === undefined ? null : moment(given, context.now(), -1)
  if (given !== undefined && since === null)
    return wrong('--since must be a duration (12h, 7d) or a date (2026-11-20)')

  const shown = context.isTty && !flag(args, 'json')
  const end = await context.parts.replay({ config, since }, context, (lines) => {
    if (shown) context.stderr(`\rread ${counted(lines, 'line')}`)
  })
  if (shown) context.stderr('\r\u001b[K')
  if (end.kind === 'unreadable') return wrong(end.message)
  const { kind: _, ...value } = end
  if (flag(args, 'json')) json(context, value)
  else print(end, context)
  return end.gains.length > 0 ? EXIT.no : EXIT.done
}

function print(end: Replayed, context: Context): void {
  const { gains, losses, unlisted, undecided, changedSince, replayed, same } = end
  const paint = style(context)
  groups(context, paint.bold('would gain access'), { of: gains, more: unlisted.gains })
  groups(context, paint.bold('would lose access'), { of: losses, more: unlisted.losses })
  line(context, `${counted(replayed, 'decision')} replayed, ${same} the same`)
  if (changedSince > 0)
    line(
      context,
      `${changedSince} of them ${changedSince === 1 ? 'comes' : 'come'} out otherwise than recorded already by the configuration as it is: keys, devices or settings changed since`,
    )
  for (const [why, count] of Object.entries(undecided).toSorted(([, a], [, b]) => b - a))
    line(context, `${count} undecided: ${why}`)
}

function groups(
  context: Context,
  title: string,
  { of, more }: { readonly of: Replayed['gains']; readonly more: number },
): void {
  paintedLine(context, of.length === 0 ? `${title}: nobody` : title)
  if (of.length === 0) return
  table(
    context,
    ['who', 'from', 'by', 'what', 'times', 'example'],
    of.map(({ principal, address, method, what, code, count, example }) => [
      principal,
      address,
      method,
      code === null ? what : `${what} (${code})`,
      String(count),
      example,
    ]),
  )
  if (more > 0) line(context, `and ${counted(more, 'more request')} of others`)
  line(context, '`openclaw auth why <example>` says how it was decided')
}

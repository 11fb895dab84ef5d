/** `openclaw devices forget`: drops removed devices from the gateway's memory, to make room for others. */
import { z } from 'zod'
import { counted } from '../../core/counted.ts'
import { flag, moment, text } from '../arguments.ts'
import { line, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const forgottenShape = z.looseObject({
  forgotten: z.number(),
  remembered: z.number(),
  dryRun: z.boolean(),
})

export const devicesForget: Command = {
  name: 'devices forget',
  summary: 'Forget removed devices: one that comes back is a new one.',
  arguments: [],
  options: [
    {
      flags: '--removed-before <when>',
      description: 'those that were removed before a date (2026-11-20) or so long ago (90d)',
    },
    { flags: '--all-removed', description: 'all that were removed' },
    { flags: '--dry-run', description: 'only say how many it would be' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices forget --removed-before 90d --dry-run',
      does: 'how many it would be',
    },
    {
      line: 'openclaw devices forget --all-removed',
      does: 'room for 10,000 others; whoever has the gateway token and one of these keys may be let in unasked, where new devices are',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const before = text(args, 'removedBefore')
  const all = flag(args, 'allRemoved')
  if (all === (before !== undefined))
    return wrong(context, 'say which: --removed-before <when>, or --all-removed')
  const removedBeforeMs = before === undefined ? null : moment(before, context.now(), -1)
  if (!all && removedBeforeMs === null)
    return wrong(
      context,
      '--removed-before must be a duration (24h, 90d, 2w) or a date (2026-11-20, 2026-11-20T08:00:00Z)',
    )
  const params = { ...(all ? { all } : { removedBeforeMs }), dryRun: flag(args, 'dryRun') }
  const question = { method: 'device.pair.forget', params, shape: forgottenShape, show } as const
  return showAnswer(question, args, context)
}

function show(
  { forgotten, remembered, dryRun }: z.output<typeof forgottenShape>,
  context: Context,
): void {
  const would = dryRun ? 'would be forgotten' : 'forgotten'
  line(context, `${counted(forgotten, 'removed device')} ${would}, ${remembered} still remembered`)
  if (forgotten > 0)
    context.stderr(
      'A forgotten device that comes back is a new one: it asks, or is let in without asking where new ones are.\n',
    )
}

function wrong(context: Context, message: string): number {
  problem(context, message)
  return EXIT.usage
}

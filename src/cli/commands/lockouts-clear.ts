/** `openclaw lockouts clear [address]`: lets an address try again before its lock ends (SPEC 2.4). */
import { z } from 'zod'
import { counted } from '../../core/counted.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Arguments, Command, Context } from '../types.ts'

const clearedShape = z.looseObject({ cleared: z.number() })

export const lockoutsClear: Command = {
  name: 'lockouts clear',
  summary: 'End locks early: one address’s, or all.',
  arguments: [
    {
      name: 'address',
      description: 'whose, as `lockouts list` shows it; without it, everybody’s',
      required: false,
    },
  ],
  options: GATEWAY_OPTIONS,
  examples: [
    { line: 'openclaw lockouts clear 203.0.113.9', does: 'this address may try again' },
    { line: 'openclaw lockouts clear', does: 'everybody may' },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const [address] = args.positionals
  const params = address === undefined ? {} : { address }
  const question = { method: 'lockouts.clear', params, shape: clearedShape, show: print } as const
  return showAnswer(question, args, context)
}

function print({ cleared }: z.output<typeof clearedShape>, context: Context): void {
  line(context, cleared === 0 ? 'nothing was locked' : `${counted(cleared, 'lock')} cleared`)
}

/** `openclaw devices clear`: rejects every request that waits (S2). */
import { z } from 'zod'
import { counted } from '../../core/counted.ts'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { DEVICE_LIST } from '../devices.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line } from '../output.ts'
import { answered } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const anything = z.unknown()

export const devicesClear: Command = {
  name: 'devices clear',
  summary: 'Reject every device that waits for an approval.',
  arguments: [],
  options: [
    { flags: '--yes', description: 'for scripts that say it: nothing is asked anyway' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices clear',
      does: 'whoever was turned away may ask again; approved devices stay',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const listed = await answered(DEVICE_LIST, args, context)
  if (listed.kind === 'exit') return listed.code
  const rejected: string[] = []
  for (const { requestId } of listed.value.pending) {
    const question = {
      method: 'device.pair.reject',
      params: { requestId },
      shape: anything,
    } as const
    const answer = await ask(question, args, context)
    if (answer.kind === 'answered') rejected.push(requestId)
    else if (await stillWaits(requestId, args, context))
      return reportNoAnswer(answer, args, context)
  }
  if (flag(args, 'json')) json(context, { rejected })
  else
    line(
      context,
      rejected.length === 0
        ? 'no request waited'
        : `${counted(rejected.length, 'request')} rejected`,
    )
  return EXIT.done
}

/** It may have ended by itself in between. */
async function stillWaits(requestId: string, args: Arguments, context: Context): Promise<boolean> {
  const again = await ask(DEVICE_LIST, args, context)
  if (again.kind !== 'answered') return true
  return again.value.pending.some((request) => request.requestId === requestId)
}

/** `openclaw health`: is the gateway well? For scripts and health checks. */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command } from '../types.ts'

const healthShape = z.looseObject({ ok: z.boolean() })

export const health: Command = {
  name: 'health',
  summary: 'Whether the gateway is well.',
  arguments: [],
  options: [
    { flags: '--probe', description: 'look now instead of answering what was seen last' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw health || openclaw gateway',
      does: 'starts the gateway where it does not run',
    },
  ],
  async run(args, context) {
    const params = flag(args, 'probe') ? { probe: true } : {}
    const answer = await ask({ method: 'health', params, shape: healthShape }, args, context)
    if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
    if (flag(args, 'json')) json(context, answer.value)
    else line(context, answer.value.ok ? 'ok' : 'not well: `openclaw logs gateway` says why')
    return answer.value.ok ? EXIT.done : EXIT.no
  },
}

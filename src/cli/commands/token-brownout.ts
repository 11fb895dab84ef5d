/** `openclaw token brownout <duration>`: refuses the old token for a while, so that forgotten clients are noticed (SPEC 2.9). */
import { z } from 'zod'
import { durationMs } from '../arguments.ts'
import { line, localTime, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command, type Context } from '../types.ts'

/** An hour: the gateway takes no more. */
const MOST_MS = 3_600_000

const brownedOutShape = z.object({ fingerprint: z.string(), until: z.number().nullable() })

export const tokenBrownout: Command = {
  name: 'token brownout',
  summary: 'Refuse the old token of a rotation for a while: whoever still uses it is noticed.',
  arguments: [
    {
      name: 'duration',
      description: 'how long: 90s, 10m, 1h at most; `off` ends it now',
      required: true,
    },
  ],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw token brownout 10m',
      does: 'what the old token opened is closed; `openclaw token status` then shows who tries it',
    },
    { line: 'openclaw token brownout off', does: 'the old token is right again' },
  ],
  async run(args, context) {
    const [given = ''] = args.positionals
    const duration = given === 'off' ? 0 : durationMs(given)
    if (duration === null || duration > MOST_MS) {
      problem(
        context,
        'token brownout: the duration must look like 90s, 10m or 1h, which is the longest; `off` ends a brown-out',
      )
      return EXIT.usage
    }
    const params = { durationMs: duration }
    const question = { method: 'token.brownout', params, shape: brownedOutShape } as const
    return showAnswer({ ...question, show: print }, args, context)
  },
}

function print({ fingerprint, until }: z.output<typeof brownedOutShape>, context: Context): void {
  if (until === null) return line(context, `${fingerprint} is right again`)
  line(
    context,
    `${fingerprint} is refused until ${localTime(until)}; then it is right again by itself`,
  )
  line(context, '`openclaw token status` shows who tries it meanwhile')
}

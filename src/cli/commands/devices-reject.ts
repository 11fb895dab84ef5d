/** `openclaw devices reject <requestId>`: turns a device away that asks to be let in. */
import { z } from 'zod'
import { shortId } from '../../core/ids.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const rejectedShape = z.looseObject({ requestId: z.string(), deviceId: z.string() })

export const devicesReject: Command = {
  name: 'devices reject',
  summary: 'Turn away a device that asks to be let in.',
  arguments: [{ name: 'requestId', description: 'from `openclaw devices list`', required: true }],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw devices reject 6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55',
      does: 'this request is over; what was approved before stays',
    },
  ],
  async run(args, context) {
    const [requestId = ''] = args.positionals
    return showAnswer(
      {
        method: 'device.pair.reject',
        params: { requestId },
        shape: rejectedShape,
        show: ({ deviceId }, io) => line(io, `the request of ${shortId(deviceId)} is rejected`),
      },
      args,
      context,
    )
  },
}

/** `openclaw devices reject <request>`: turns a device away that asks to be let in. */
import { z } from 'zod'
import { shortId } from '../../core/ids.ts'
import { DEVICE_LIST, REQUEST_ARGUMENT, waitingDevices } from '../devices.ts'
import { line } from '../output.ts'
import { namedRequest } from '../requests.ts'
import { answered, showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const rejectedShape = z.looseObject({ requestId: z.string(), deviceId: z.string() })

export const devicesReject: Command = {
  name: 'devices reject',
  summary: 'Turn away a device that asks to be let in.',
  arguments: [REQUEST_ARGUMENT],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw devices reject 6a0f2c1e-8f2',
      does: 'this request is over; what was approved before stays',
    },
    { line: 'openclaw devices reject 3f2a9c01b2d4', does: 'whatever this device asks for now' },
  ],
  async run(args, context) {
    const listed = await answered(DEVICE_LIST, args, context)
    if (listed.kind === 'exit') return listed.code
    const [given = ''] = args.positionals
    const requests = waitingDevices('devices reject', listed.value.pending)
    const found = namedRequest(given, requests, context)
    if (found.kind === 'exit') return found.code
    const { requestId } = found.value.request
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

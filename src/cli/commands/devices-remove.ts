/** `openclaw devices remove <device>`: forgets a device; only an approval lets it in again. */
import { z } from 'zod'
import { DEVICE_ARGUMENT, DEVICE_OPTION, knownDevice } from '../devices.ts'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const removedShape = z.looseObject({ deviceId: z.string() })

export const devicesRemove: Command = {
  name: 'devices remove',
  summary: 'Forget a device: all its tokens are dead and its connections end.',
  arguments: [DEVICE_ARGUMENT],
  options: [DEVICE_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    {
      line: 'openclaw devices remove 3f2a9c01b2d4',
      does: 'it is out when this returns, and only an approval lets it in again',
    },
  ],
  async run(args, context) {
    const found = await namedId(knownDevice('devices remove'), args, context)
    if (found.kind === 'exit') return found.code
    return showAnswer(
      {
        method: 'device.pair.remove',
        params: { deviceId: found.value },
        shape: removedShape,
        show: ({ deviceId }, io) => line(io, `${shortId(deviceId)} is removed`),
      },
      args,
      context,
    )
  },
}

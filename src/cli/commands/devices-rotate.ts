/** `openclaw devices rotate`: a new token for a device; the old one holds until the new one was used (R47). */
import { z } from 'zod'
import { list, text } from '../arguments.ts'
import { DEVICE_ARGUMENT, DEVICE_OPTION, knownDevice } from '../devices.ts'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Arguments, Command, Context } from '../types.ts'

/** Closed: where this machine rotates its own, the answer has the token, which no terminal or script has to see. */
const rotatedShape = z.object({
  deviceId: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  rotatedAtMs: z.number(),
})

export const devicesRotate: Command = {
  name: 'devices rotate',
  summary: 'Give a device a new token; it picks it up when it connects next.',
  arguments: [DEVICE_ARGUMENT],
  options: [
    DEVICE_OPTION,
    { flags: '--role <role>', description: 'which of its roles (operator)' },
    {
      flags: '--scope <scope>',
      description: 'what the token is good for, of what the device is approved for (the same)',
      repeat: true,
    },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices rotate --device 3f2a9c01b2d4 --role operator',
      does: 'the old token holds until the device has used the new one',
    },
    {
      line: 'openclaw devices rotate 3f2a9c01b2d4 --scope operator.read',
      does: 'and from then on it may read, and nothing else',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const found = await namedId(knownDevice('devices rotate'), args, context)
  if (found.kind === 'exit') return found.code
  const scopes = list(args, 'scope')
  const params = {
    deviceId: found.value,
    role: text(args, 'role') ?? 'operator',
    ...(scopes.length > 0 && { scopes }),
  }
  return showAnswer(
    {
      method: 'device.token.rotate',
      params,
      shape: rotatedShape,
      show({ deviceId, role, scopes }, io) {
        line(
          io,
          `${shortId(deviceId)} has a new token as ${role}, for ${scopes.join(', ') || 'no scope'}`,
        )
        io.stderr('It gets it when it connects next; the old one holds until then.\n')
      },
    },
    args,
    context,
  )
}

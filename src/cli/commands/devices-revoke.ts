/** `openclaw devices revoke`: takes a role from a device; its token is dead before this returns (R45). */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { DEVICE_ARGUMENT, DEVICE_OPTION, knownDevice } from '../devices.ts'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Arguments, Command, Context } from '../types.ts'

const revokedShape = z.looseObject({
  deviceId: z.string(),
  role: z.string(),
  revokedAtMs: z.number(),
})

export const devicesRevoke: Command = {
  name: 'devices revoke',
  summary: 'Take a role from a device: its token is dead and its connections end.',
  arguments: [DEVICE_ARGUMENT],
  options: [
    DEVICE_OPTION,
    { flags: '--role <role>', description: 'which of its roles (operator)' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices revoke --device 3f2a9c01b2d4 --role operator',
      does: 'it is out when this returns, and only an approval lets it in again',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const found = await namedId(knownDevice('devices revoke'), args, context)
  if (found.kind === 'exit') return found.code
  const params = { deviceId: found.value, role: text(args, 'role') ?? 'operator' }
  return showAnswer(
    {
      method: 'device.token.revoke',
      params,
      shape: revokedShape,
      show: ({ deviceId, role }, io) =>
        line(
          io,
          `${shortId(deviceId)} is no longer let in as ${role}; only an approval changes that`,
        ),
    },
    args,
    context,
  )
}

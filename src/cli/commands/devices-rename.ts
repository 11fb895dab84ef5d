/** `openclaw devices rename <device> <label>`: what its owner calls a device. */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { DEVICE_ARGUMENT, DEVICE_OPTION, knownDevice } from '../devices.ts'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { line, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const renamedShape = z.looseObject({ deviceId: z.string(), label: z.string() })

export const devicesRename: Command = {
  name: 'devices rename',
  summary: 'Give a device a name of your own.',
  arguments: [
    DEVICE_ARGUMENT,
    { name: 'label', description: 'its name, 64 characters at most', required: false },
  ],
  options: [
    DEVICE_OPTION,
    { flags: '--label <label>', description: 'the same as an option' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices rename 3f2a9c01b2d4 "Kitchen phone"',
      does: 'lists show this name instead of what the device calls itself',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  // With --device the name is the first argument.
  const position = text(args, 'device') === undefined ? 1 : 0
  const label = (text(args, 'label') ?? args.positionals[position] ?? '').trim()
  if (label === '') {
    problem(context, 'devices rename: what shall it be called? `… <device> "Kitchen phone"`')
    return EXIT.usage
  }
  const found = await namedId(knownDevice('devices rename'), args, context)
  if (found.kind === 'exit') return found.code
  return showAnswer(
    {
      method: 'device.pair.rename',
      params: { deviceId: found.value, label },
      shape: renamedShape,
      show: (renamed, io) =>
        line(io, `${shortId(renamed.deviceId)} is called ${renamed.label} now`),
    },
    args,
    context,
  )
}

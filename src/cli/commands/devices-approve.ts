/** `openclaw devices approve <requestId>`: lets a device in, with exactly what its request says (SPEC 4, R12). */
import { z } from 'zod'
import { flag, text } from '../arguments.ts'
import { DEVICE_LIST, deviceShape, type DeviceList, type WaitingDevice } from '../devices.ts'
import { json, line, localTime, problem } from '../output.ts'
import { answered } from '../show-answer.ts'
import { showRequest, showWaiting } from '../show-devices.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const approvedShape = z.looseObject({ requestId: z.string(), device: deviceShape })

export const devicesApprove: Command = {
  name: 'devices approve',
  summary: 'Let a device in, with the role and scopes that its request shows.',
  arguments: [
    {
      name: 'requestId',
      description: 'from `openclaw devices list`; without it, shows who waits',
      required: false,
    },
  ],
  options: [
    { flags: '--expires <when>', description: '12h, 30d, 2027-01-01, or never (never)' },
    { flags: '--latest', description: 'show the newest request, and how to approve it' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices approve 6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55',
      does: 'the id stands for one key, one role and these scopes: none of them can change any more',
    },
    {
      line: 'openclaw devices approve 6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55 --expires 30d',
      does: 'for 30 days',
    },
    {
      line: 'openclaw devices approve --latest',
      does: 'shows the newest request; approves nothing',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const listed = await answered(DEVICE_LIST, args, context)
  if (listed.kind === 'exit') return listed.code
  const { pending } = listed.value
  const [requestId] = args.positionals
  if (requestId === undefined || flag(args, 'latest')) return which(listed.value, args, context)
  const request = pending.find((one) => one.requestId === requestId)
  if (request === undefined) return nobody(pending, context)
  return approve(request, args, context)
}

async function approve(request: WaitingDevice, args: Arguments, context: Context): Promise<number> {
  const expires = text(args, 'expires')
  const { requestId } = request
  const params = { requestId, ...(expires !== undefined && { expires }) }
  const asked = { method: 'device.pair.approve', params, shape: approvedShape } as const
  const answer = await answered(asked, args, context)
  if (answer.kind === 'exit') return answer.code
  if (flag(args, 'json')) {
    json(context, answer.value)
    return EXIT.done
  }
  const { tokens } = answer.value.device
  const until = tokens.find(({ role }) => role === request.role)?.expiresAtMs
  line(context, 'approved:')
  showRequest(request, context)
  line(context, `  until   ${until === undefined ? 'it is revoked' : localTime(until)}`)
  return EXIT.done
}

/** An approval names what was shown: whatever asked in the meantime is not it (R12). */
function which({ pending }: DeviceList, args: Arguments, context: Context): number {
  const newest = pending.at(-1)
  if (newest === undefined) return nobody(pending, context)
  const shown = flag(args, 'latest') ? [newest] : pending
  const [only, ...others] = shown
  if (!flag(args, 'json')) {
    if (only !== undefined && others.length === 0) showRequest(only, context)
    else showWaiting(shown, context)
  }
  const lines = shown.map(({ requestId }) => `\`openclaw devices approve ${requestId}\``)
  problem(context, `nothing is approved yet: type ${lines.join(' or ')}`)
  return EXIT.no
}

function nobody(pending: readonly WaitingDevice[], context: Context): number {
  const ids = pending.map(({ requestId }) => requestId)
  problem(
    context,
    ids.length === 0
      ? 'no request waits: let the device connect again, then see `openclaw devices list`'
      : `no such request waits; these do: ${ids.join(', ')}`,
  )
  return EXIT.no
}

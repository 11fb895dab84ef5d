/** `openclaw devices approve <request>`: lets a device in, with exactly what its request says (SPEC 4, R12). */
import { z } from 'zod'
import { flag, text } from '../arguments.ts'
import { DEVICE_LIST, deviceShape, waitingDevices, type WaitingDevice } from '../devices.ts'
import { json, line, localTime } from '../output.ts'
import { namedRequest, shortRequestId, type Requests } from '../requests.ts'
import { answered, ended } from '../show-answer.ts'
import { showRequest, showWaiting } from '../show-devices.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const approvedShape = z.looseObject({ requestId: z.string(), device: deviceShape })

export const devicesApprove: Command = {
  name: 'devices approve',
  summary: 'Let a device in, with the role and scopes that its request shows.',
  arguments: [
    {
      name: 'request',
      description: 'its id, or the first 8 characters of it or more; without it, shows who waits',
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
      line: 'openclaw devices approve 6a0f2c1e-8f2',
      does: 'the id stands for one key, one role and these scopes: none of them can change any more',
    },
    {
      line: 'openclaw devices approve 6a0f2c1e-8f2 --expires 30d',
      does: 'for 30 days',
    },
    {
      line: 'openclaw devices approve 3f2a9c01b2d4',
      does: 'shows what this device asks for now, and how to approve just that; approves nothing',
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
  const requests = waitingDevices('devices approve', pending)
  const [given] = args.positionals
  const newest = flag(args, 'latest')
  if (newest || given === undefined)
    return undecided(newest ? pending.slice(-1) : pending, { requests, args, context })

  const found = namedRequest(given, requests, context)
  if (found.kind === 'exit') return found.code
  const { kind, request } = found.value
  return kind === 'request'
    ? approve(request, args, context)
    : undecided([request], { requests, args, context })
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

/** An approval names what was shown: whatever asks in the meantime, and be it the same device, is not it (R12). */
function undecided(
  shown: readonly WaitingDevice[],
  { requests, args, context }: Undecided,
): number {
  const [only, ...others] = shown
  if (only === undefined) return ended(EXIT.no, requests.nobody, context).code
  if (!flag(args, 'json')) {
    if (others.length === 0) showRequest(only, context)
    else showWaiting(requests, context)
  }
  const expires = text(args, 'expires')
  const more = expires === undefined ? '' : ` --expires ${expires}`
  const lines = shown.map(
    (request) => `\`openclaw devices approve ${shortRequestId(request, requests)}${more}\``,
  )
  return ended(EXIT.no, `nothing is approved yet: type ${lines.join(' or ')}`, context).code
}

interface Undecided {
  readonly requests: Requests<WaitingDevice>
  readonly args: Arguments
  readonly context: Context
}

/** Waits until somebody approved this machine's request, or it is over. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Scope } from '../access/scopes.ts'
import { timeoutOf } from './client.ts'
import { DEVICE_LIST, type DeviceList } from './devices.ts'
import { exchange } from './exchange.ts'
import { ROLE } from './introduction.ts'
import { covers, scopesFor } from './methods.ts'
import { gatewayElsewhere } from './pair-device.ts'
import type { Arguments, Context } from './types.ts'

export type Awaited =
  | 'approved'
  /** Rejected, or nobody decided in time, or this machine asked for something else meanwhile. */
  | 'over'
  /** What was shown does not show who waits. */
  | 'unseen'

export interface Waiting {
  readonly requestId: string
  readonly deviceId: string
  readonly scopes: readonly Scope[]
}

/** Longer than any request waits: for a gateway that went away. */
const LIMIT_MS = 15 * 60_000
const method = 'device.pair.list'

/** `stepMs`: between two looks. */
export async function awaitApproval(
  waiting: Waiting,
  args: Arguments,
  { context, stepMs }: { readonly context: Context; readonly stepMs: number },
): Promise<Awaited> {
  const begun = context.now()
  while (context.now() - begun < LIMIT_MS) {
    const seen = await look(waiting, args, context)
    if (seen !== 'waits') return seen
    await pause(stepMs)
  }
  return 'over'
}

/** As the bearer of the token, without the device: its connect would ask again for what was just rejected. */
async function look(
  waiting: Waiting,
  args: Arguments,
  context: Context,
): Promise<Awaited | 'waits'> {
  const found = await gatewayElsewhere(args, context)
  const timeout = timeoutOf(args)
  if (found.kind === 'wrong' || timeout.kind === 'wrong') return 'unseen'
  const { credential } = found.target
  const introduction = {
    version: context.parts.version(),
    role: ROLE,
    scopes: scopesFor(method, null),
    credential: credential === null ? null : ({ ...credential, field: 'token' } as const),
    device: null,
  } as const
  const ended = await exchange(found.target, { method }, { introduction, timeoutMs: timeout.value })
  // It may be starting again; the request outlives that.
  if (ended.kind === 'unreachable' || ended.kind === 'broken') return 'waits'
  if (ended.kind !== 'answered') return 'unseen'
  const parsed = DEVICE_LIST.shape.safeParse(ended.payload)
  return parsed.success ? stateIn(parsed.data, waiting) : 'unseen'
}

function stateIn(
  { pending, paired }: DeviceList,
  { requestId, deviceId, scopes }: Waiting,
): Awaited | 'waits' {
  if (pending.some((request) => request.requestId === requestId)) return 'waits'
  const device = paired.find((one) => one.deviceId === deviceId)
  const held = device?.tokens.find(({ role }) => role === ROLE)?.scopes
  return held !== undefined && scopes.every((scope) => covers(held, scope)) ? 'approved' : 'over'
}

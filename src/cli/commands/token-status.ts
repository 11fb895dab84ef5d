/** `openclaw token status`: which clients used which token when (SPEC 2.9). */
import { z } from 'zod'
import { counted } from '../../core/counted.ts'
import { shortId } from '../../core/ids.ts'
import { line, localTime } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { table } from '../table.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const slotShape = z
  .object({ fingerprint: z.string(), source: z.string(), lastUsedAt: z.number().nullable() })
  .nullable()
const clientShape = z.object({
  fingerprint: z.string(),
  address: z.string(),
  client: z.string(),
  /** An older gateway tells no devices apart. */
  device: z.string().default(''),
  deviceName: z.string().nullable().default(null),
  lastUsedAt: z.number(),
  uses: z.number(),
  connected: z.boolean(),
})
const tokenShape = z.object({
  mode: z.string(),
  primary: slotShape,
  secondary: slotShape,
  clients: z.array(clientShape),
  sessions: z
    .array(z.object({ fingerprint: z.string(), principal: z.string(), lastSeenAt: z.number() }))
    .default([]),
  brownout: z
    .object({ until: z.number(), turnedAway: z.array(clientShape) })
    .nullable()
    .default(null),
  rotation: z.object({
    running: z.boolean(),
    stragglers: z.number(),
    ready: z.boolean(),
    /** Whether `token rotate` and `promote` can: the token stands in the configuration. An older gateway does not say. */
    rotatable: z.boolean().default(true),
  }),
})
type TokenState = z.output<typeof tokenShape>
type Client = z.output<typeof clientShape>

export const tokenStatus: Command = {
  name: 'token status',
  summary: 'Which tokens are valid, and which clients used which of them when.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw token status',
      does: 'shows who still has to move to the new token before `token promote`',
    },
  ],
  async run(args, context) {
    const question = { method: 'token.status', shape: tokenShape, show: print } as const
    return showAnswer(question, args, context)
  },
}

function print(state: TokenState, context: Context): void {
  const slots = [
    { name: 'token', slot: state.primary },
    { name: 'secondary', slot: state.secondary },
  ]
  if (state.primary === null)
    line(context, `no gateway token is in force: the mode is ${state.mode}, which has none`)
  for (const { name, slot } of slots) {
    if (slot === null) continue
    const used =
      slot.lastUsedAt === null ? 'not used yet' : `last used ${localTime(slot.lastUsedAt)}`
    line(context, `${name.padEnd(10)}${slot.fingerprint} from ${slot.source}, ${used}`)
  }
  if (state.clients.length > 0) printClients(state, context)
  printSessions(state, context)
  if (state.brownout !== null) printBrownout(state.brownout, context)
  const what = next(state)
  if (what !== null) line(context, what)
}

/** Which token of the rotation that is. */
function nameOf(fingerprint: string, { primary, secondary }: TokenState): string {
  // Another mode's secret: the gateway counts its uses, and only tokens have a place in a rotation.
  if (primary === null) return fingerprint
  if (fingerprint === primary.fingerprint)
    return `${fingerprint} (${secondary === null ? 'token' : 'old'})`
  return `${fingerprint} (${fingerprint === secondary?.fingerprint ? 'new' : 'gone'})`
}

function printClients(state: TokenState, context: Context): void {
  context.stdout('\n')
  table(
    context,
    ['address', 'client', 'device', 'used', 'last used', 'times'],
    state.clients.map((client) => [
      client.address,
      client.client === '' ? '-' : client.client,
      deviceOf(client),
      nameOf(client.fingerprint, state),
      client.connected ? 'connected now' : localTime(client.lastUsedAt),
      String(client.uses),
    ]),
  )
  context.stdout('\n')
}

function deviceOf({ device, deviceName }: Client): string {
  if (device === '') return '-'
  return deviceName === null ? shortId(device) : `${deviceName} (${shortId(device)})`
}

function printSessions(state: TokenState, context: Context): void {
  for (const { fingerprint, lastSeenAt } of state.sessions)
    line(
      context,
      `a browser logged in with ${nameOf(fingerprint, state)}, seen ${localTime(lastSeenAt)}: it has to log in again when that token goes`,
    )
}

function printBrownout(
  { until, turnedAway }: NonNullable<TokenState['brownout']>,
  context: Context,
): void {
  line(context, `the old token is refused until ${localTime(until)}; turned away so far:`)
  if (turnedAway.length === 0) line(context, '  nobody')
  for (const client of turnedAway) {
    const { address, client: name, uses, lastUsedAt } = client
    const words = [address, name, client.device === '' ? '' : `device ${deviceOf(client)}`]
    const who = words.filter((word) => word !== '').join(', ')
    line(context, `  ${who}: ${counted(uses, 'time')}, last ${localTime(lastUsedAt)}`)
  }
}

function next({ rotation, primary, secondary }: TokenState): string | null {
  if (primary === null) return null
  const { stragglers, ready, rotatable } = rotation
  const replace = 'give the new one its place where it is kept (docs/tokens.md)'
  if (secondary === null)
    return `no rotation is running; ${rotatable ? '`openclaw token rotate` begins one' : 'the token is changed where it is kept (docs/tokens.md)'}`
  if (ready)
    return `nobody used the old token for an hour: ${rotatable ? '`openclaw token promote` finishes the rotation' : replace}`
  const them = stragglers === 1 ? 'it' : 'them'
  return `${counted(stragglers, 'client')} used the old token within the last hour: move ${them} to the new one, then ${rotatable ? '`openclaw token promote`' : replace}`
}

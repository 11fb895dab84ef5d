/** `openclaw token status`: which clients used which token when (SPEC 2.9). */
import { z } from 'zod'
import { line, localTime } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { table } from '../table.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const slotShape = z
  .object({ fingerprint: z.string(), source: z.string(), lastUsedAt: z.number().nullable() })
  .nullable()
const tokenShape = z.object({
  mode: z.string(),
  primary: slotShape,
  secondary: slotShape,
  clients: z.array(
    z.object({
      fingerprint: z.string(),
      address: z.string(),
      principal: z.string(),
      client: z.string(),
      lastUsedAt: z.number(),
      uses: z.number(),
      connected: z.boolean(),
    }),
  ),
  rotation: z.object({ running: z.boolean(), stragglers: z.number(), ready: z.boolean() }),
})
type TokenState = z.output<typeof tokenShape>

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
  const what = next(state)
  if (what !== null) line(context, what)
}

function printClients({ clients, primary, secondary }: TokenState, context: Context): void {
  const used = (fingerprint: string) => {
    // Another mode's secret: the gateway counts its uses, and only tokens have a place in a rotation.
    if (primary === null) return fingerprint
    if (fingerprint === primary.fingerprint)
      return `${fingerprint} (${secondary === null ? 'token' : 'old'})`
    return `${fingerprint} (${fingerprint === secondary?.fingerprint ? 'new' : 'gone'})`
  }
  context.stdout('\n')
  table(
    context,
    ['address', 'client', 'used', 'last used', 'times'],
    clients.map(({ address, client, fingerprint, lastUsedAt, connected, uses }) => [
      address,
      client === '' ? '-' : client,
      used(fingerprint),
      connected ? 'connected now' : localTime(lastUsedAt),
      String(uses),
    ]),
  )
  context.stdout('\n')
}

function next({ rotation, primary, secondary }: TokenState): string | null {
  if (primary === null) return null
  if (secondary === null) return 'no rotation is running; `openclaw token rotate` begins one'
  if (rotation.ready)
    return 'nobody used the old token for an hour: `openclaw token promote` finishes the rotation'
  return `${rotation.stragglers} client(s) used the old token within the last hour: move them to the new one, then \`openclaw token promote\``
}

/** `openclaw channels status`: which chat networks are configured, and how each account of ours is there. */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { line, localTime } from '../output.ts'
import { table } from '../table.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command, type Context } from '../types.ts'

const probeShape = z.looseObject({
  ok: z.boolean(),
  name: z.string().nullable(),
  problem: z.string().nullable(),
})
const accountShape = z.looseObject({
  accountId: z.string(),
  running: z.boolean(),
  connected: z.boolean(),
  lastError: z.string().nullable(),
  lastInboundAt: z.number().nullable(),
  lastOutboundAt: z.number().nullable(),
  waiting: z.number(),
  dmPolicy: z.string(),
  probe: probeShape.optional(),
})
type ShownAccount = z.output<typeof accountShape>
const statusShape = z.looseObject({
  channelOrder: z.array(z.string()),
  channelLabels: z.record(z.string(), z.string()),
  channelAccounts: z.record(z.string(), z.array(accountShape)),
})
type Status = z.output<typeof statusShape>

export const channelsStatus: Command = {
  name: 'channels status',
  summary:
    'Which chat networks are configured, and how each account is; ends with 1 where one is down.',
  arguments: [],
  options: [{ flags: '--probe', description: 'ask the networks themselves' }, ...GATEWAY_OPTIONS],
  examples: [
    { line: 'openclaw channels status', does: 'what the gateway knows' },
    { line: 'openclaw channels status --probe', does: 'asks each network who we are there' },
  ],
  async run(args, context) {
    const question = {
      method: 'channels.status',
      params: flag(args, 'probe') ? { probe: true, timeoutMs: 8_000 } : {},
      shape: statusShape,
      show: print,
      exit: (status: Status) => (accountsOf(status).some(isDown) ? EXIT.no : EXIT.done),
    } as const
    return showAnswer(question, args, context)
  },
}

function accountsOf({ channelOrder, channelLabels, channelAccounts }: Status) {
  return channelOrder.flatMap((id) =>
    (channelAccounts[id] ?? []).map((account) => ({ label: channelLabels[id] ?? id, account })),
  )
}

/** One that is about to connect is not. */
function isDown({ account }: { readonly account: ShownAccount }): boolean {
  const { running, lastError, probe } = account
  return (!running && lastError !== null) || probe?.ok === false
}

function print(status: Status, context: Context): void {
  const accounts = accountsOf(status)
  if (status.channelOrder.length === 0)
    return line(
      context,
      'no chat network is configured: `openclaw channels add telegram --token -` adds one',
    )
  table(
    context,
    ['channel', 'account', 'state', 'direct messages', 'last in', 'last out', 'to send'],
    accounts.map(({ label, account }) => [
      label,
      account.accountId,
      stateOf(account),
      account.dmPolicy,
      timeOf(account.lastInboundAt),
      timeOf(account.lastOutboundAt),
      String(account.waiting),
    ]),
  )
  for (const { label, account } of accounts) {
    if (account.lastError !== null)
      line(context, `${label} (${account.accountId}): ${account.lastError}`)
    const { probe } = account
    if (probe !== undefined)
      line(
        context,
        `${label} (${account.accountId}): ${probe.ok ? `answers; we are ${probe.name ?? 'nameless'} there` : (probe.problem ?? 'does not answer')}`,
      )
  }
}

function stateOf({ running, connected }: ShownAccount): string {
  if (connected) return 'connected'
  return running ? 'connecting' : 'not running'
}

function timeOf(at: number | null): string {
  return at === null ? 'never' : localTime(at)
}

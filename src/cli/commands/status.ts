/** `openclaw status` and `openclaw gateway status`: whether it runs, where it listens, how it decides (SPEC 1). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { noAnswerInWords, reportNoAnswer, type NoAnswer } from '../no-answer.ts'
import {
  inWords,
  json,
  line,
  localTime,
  paintedLine,
  printable,
  problem,
  style,
  withLocalTimes,
} from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const status: Command = {
  name: 'status',
  summary: 'Whether the gateway runs, where it listens, which auth mode is live.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw status',
      does: 'shows the state of the gateway of this host; exits 1 when it does not run',
    },
    { line: 'openclaw status --json', does: 'the same for scripts' },
  ],
  run,
}

export const gatewayStatus: Command = {
  ...status,
  name: 'gateway status',
  examples: [
    {
      line: 'openclaw gateway status',
      does: 'shows the state of the gateway; exits 1 when it does not run',
    },
  ],
}

const statusShape = z.object({
  version: z.string(),
  pid: z.number(),
  startedAt: z.number(),
  uptimeMs: z.number(),
  listening: z.array(
    z.object({ listener: z.string(), address: z.string(), port: z.number().nullable() }),
  ),
  bind: z.string(),
  recordWritable: z.boolean(),
  connections: z.number(),
  agents: z.array(z.string()),
  auth: z
    .object({
      mode: z.string(),
      allowLocalDirect: z.boolean(),
      secrets: z.array(
        z.object({ setting: z.string(), source: z.string(), fingerprint: z.string() }),
      ),
    })
    .optional(),
  configPath: z.string().optional(),
  stateDir: z.string().optional(),
  configError: z.string().nullable().optional(),
  warnings: z.array(z.string()).optional(),
})
type Status = z.output<typeof statusShape>

async function run(args: Arguments, context: Context): Promise<number> {
  const answer = await ask({ method: 'status', shape: statusShape }, args, context)
  if (answer.kind === 'not-running') return notRunning(answer, args, context)
  if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
  if (flag(args, 'json')) json(context, { running: true, ...answer.value })
  else print(answer.value, context)
  return EXIT.done
}

async function notRunning(answer: NoAnswer, args: Arguments, context: Context): Promise<number> {
  const held = await context.parts.gatewayInfo(context.env)
  const message =
    held === null
      ? noAnswerInWords(answer)
      : `a gateway (pid ${held.pid ?? 'unknown'}) holds the state dir but is unreachable: it is starting, stopping or stuck; \`openclaw gateway stop\` ends it`
  if (flag(args, 'json')) json(context, { running: false, error: { code: answer.kind, message } })
  problem(context, message)
  return EXIT.no
}

function print(status: Status, context: Context): void {
  const { bold, green, red } = style(context)
  const row = (name: string, value: string, paint = printable) =>
    paintedLine(context, `  ${name.padEnd(12)}${paint(value)}`)
  paintedLine(context, `${bold('gateway')} ${green('running')}`)
  row(
    'process',
    `pid ${status.pid}, version ${status.version}, since ${localTime(status.startedAt)} (${inWords(status.uptimeMs)})`,
  )
  for (const { listener, address, port } of status.listening) {
    const nodes = listener === 'bridge' ? ' (nodes alone)' : ''
    row('listens on', port === null ? address : `${at(address, port)}${nodes}`)
  }
  row('bind', status.bind)
  printAuth(status, context, row)
  row('agents', status.agents.join(', ') || 'none')
  row('connections', String(status.connections))
  if (status.configPath !== undefined) row('config', status.configPath)
  if (status.stateDir !== undefined) row('state dir', status.stateDir)
  if (!status.recordWritable)
    row('record', 'cannot be written: changes are refused until it can (free disk space?)', red)
  if (status.configError) row('config', `not in force: ${status.configError}`, red)
  for (const warning of status.warnings ?? [])
    line(context, `  warning: ${withLocalTimes(warning)}`)
}

function printAuth(
  { auth }: Status,
  _context: Context,
  row: (name: string, value: string) => void,
): void {
  if (auth === undefined) {
    row('auth', 'shown to administrators only')
    return
  }
  row('auth mode', auth.mode)
  row(
    'local',
    auth.allowLocalDirect
      ? 'callers on this host are admitted as the owner'
      : 'callers on this host need a credential',
  )
  for (const { setting, fingerprint, source } of auth.secrets)
    row('secret', `${setting} ${fingerprint} from ${source}`)
}

function at(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

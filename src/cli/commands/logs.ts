/** `openclaw logs`: the record of decisions, from its files, whether the gateway runs or not (SPEC 10). */
import { canonicalAddress } from '../../core/address.ts'
import { flag, moment, text, wholeNumber } from '../arguments.ts'
import { interrupted } from '../interrupted.ts'
import { problem } from '../output.ts'
import type { RecordQuery } from '../parts.ts'
import { printRecord } from '../show-record.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const KINDS = ['auth', 'gateway', 'channels'] as const
const DEFAULT_LINES = 200

export const logs: Command = {
  name: 'logs',
  summary: 'Show what was decided, and what happened to the gateway.',
  arguments: [{ name: 'kind', description: 'only these entries', required: false, choices: KINDS }],
  options: [
    { flags: '--follow', description: 'go on with new entries until Ctrl-C' },
    {
      flags: '--since <when>',
      description: 'not older than this: 15m, 24h, 7d, or 2026-11-20T08:00:00Z',
    },
    { flags: '--client <address>', description: 'only what came from this address' },
    { flags: '--limit <count>', description: `at most so many, the newest (${DEFAULT_LINES})` },
  ],
  examples: [
    {
      line: 'openclaw logs auth --since 1h',
      does: 'who came in and who did not, in the last hour',
    },
    { line: 'openclaw logs auth --client 203.0.113.9', does: 'everything that address tried' },
    { line: 'openclaw logs --follow --json', does: 'one JSON object a line, as it happens' },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const limit = wholeNumber(args, 'limit', { min: 1, max: 1_000_000 })
  if (limit.kind === 'wrong') return wrong(context, limit.message)
  const since = text(args, 'since')
  const from = since === undefined ? null : moment(since, context.now(), -1)
  if (since !== undefined && from === null) {
    return wrong(
      context,
      '--since must be a duration (90s, 15m, 24h, 7d, 2w) or a date (2026-11-20, 2026-11-20T08:00:00Z)',
    )
  }
  const client = text(args, 'client')
  const address = client === undefined ? null : canonicalAddress(client)
  if (client !== undefined && address === null)
    return wrong(context, 'what follows --client is no address (203.0.113.9, 2001:db8::1)')
  const kind = KINDS.find((known) => known === args.positionals[0]) ?? null
  return show(
    { kind, since: from, client: address, limit: limit.value ?? DEFAULT_LINES },
    args,
    context,
  )
}

async function show(
  { limit, ...query }: RecordQuery & { readonly limit: number },
  args: Arguments,
  context: Context,
): Promise<number> {
  const asJson = flag(args, 'json')
  const files = await context.parts.record(context.env)
  const lines = await files.list({ ...query, limit })
  printRecord(lines, context, asJson)
  if (lines.length === 0) context.stderr('no entries\n')
  if (!flag(args, 'follow')) return EXIT.done
  for await (const stored of files.follow({ ...query, signal: interrupted() }))
    printRecord([stored], context, asJson)
  return EXIT.done
}

function wrong(context: Context, message: string): number {
  problem(context, `logs: ${message}`)
  return EXIT.usage
}

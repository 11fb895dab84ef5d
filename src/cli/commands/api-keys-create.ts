/** `openclaw api-keys create`: makes a key and shows it once (SPEC 2.7). */
import { flag, text, wholeNumber, type Reading } from '../arguments.ts'
import { changeKeys, madeKeyShape } from '../keys.ts'
import { problem } from '../output.ts'
import type { MadeKey, NewKey } from '../parts.ts'
import { showKeyOnce } from '../show-key.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const PERMISSIONS = ['read', 'write', 'execute-actions'] as const
/** Its rough form; whoever keeps the keys knows the calendar. */
const EXPIRY = /^(never|\d{1,6}[mhdw]|\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?)$/

export const apiKeysCreate: Command = {
  name: 'api-keys create',
  summary: 'Make an API key and show it once.',
  arguments: [],
  options: [
    { flags: '--name <name>', description: 'who will use it' },
    {
      flags: '--permissions <list>',
      description: `of ${PERMISSIONS.join(', ')}, with commas between (read)`,
    },
    { flags: '--expires <when>', description: '30d, 2027-01-01, or never (never)' },
    {
      flags: '--rate-limit <requests>',
      description: 'at most so many requests in security.rateLimit.windowMs, an hour (unlimited)',
    },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw api-keys create --name "Deploy bot" --expires 30d',
      does: 'a key that may read, for 30 days',
    },
    {
      line: 'openclaw api-keys create --name ci --permissions read,write --json',
      does: 'the same for scripts: { id, key, … }',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const read = newKey(args)
  if (read.kind === 'wrong') {
    problem(context, `api-keys create: ${read.message}`)
    return EXIT.usage
  }
  const result = await changeKeys<MadeKey>(
    {
      asked: { method: 'api-keys.create', params: read.value, shape: madeKeyShape },
      offline: (file) => file.create(read.value),
    },
    args,
    context,
  )
  if (result.kind === 'exit') return result.code
  showKeyOnce(result.value, context, flag(args, 'json'))
  await warnWhenDisabled(args, context)
  return EXIT.done
}

/** A key that nobody accepts yet would only puzzle. */
async function warnWhenDisabled(args: Arguments, context: Context): Promise<void> {
  if (text(args, 'url') !== undefined) return
  const read = await context.parts.settings(context.env)
  if (read.kind !== 'settings' || read.settings.remote !== null || read.settings.apiKeysEnabled)
    return
  problem(
    context,
    'note: API keys are not accepted yet: `openclaw config set security.apiKeys.enabled true`',
  )
}

function newKey(args: Arguments): Reading<NewKey> {
  const name = text(args, 'name')?.trim() ?? ''
  if (name === '') return wrong('--name is missing: say who will use it, --name "Deploy bot"')

  const permissions = (text(args, 'permissions') ?? 'read').split(',').map((word) => word.trim())
  const unknown = permissions.some((word) => !PERMISSIONS.some((known) => known === word))
  if (unknown)
    return wrong(`--permissions must be of ${PERMISSIONS.join(', ')}, with commas between`)

  const expires = text(args, 'expires') ?? 'never'
  if (!EXPIRY.test(expires))
    return wrong('--expires must be 12h, 30d, 52w, a date (2027-01-01), or never')
  const limit = wholeNumber(args, 'rateLimit', { min: 1, max: 1_000_000_000 })
  if (limit.kind === 'wrong')
    return wrong('--rate-limit must be a whole number from 1 to 1000000000')
  return {
    kind: 'value',
    value: { name, permissions, expires, rateLimit: limit.value ?? null },
  }
}

function wrong(message: string): Reading<NewKey> {
  return { kind: 'wrong', message }
}

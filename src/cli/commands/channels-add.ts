/** `openclaw channels add <channel>`: writes an account on a chat network into the config file. */
import { editConfig } from '../../config/edit.ts'
import { valueAt } from '../../config/key-path.ts'
import { problemText } from '../../config/problem.ts'
import { flag, text } from '../arguments.ts'
import { warningsAfter } from '../config-warnings.ts'
import { json, line, note, problem } from '../output.ts'
import { EXIT, type Arguments, type Command, type Context, type Option } from '../types.ts'
import { accountPath, CHANNEL_NAMES, CONFIG_OPTION, isChannel } from '../channel-config.ts'
import { printProblems, requestOf } from './config-reading.ts'

/** Options are called like the settings that they are. */
const SETTINGS = [
  'token',
  'appSecret',
  'verifyToken',
  'webhookSecret',
  'webhookUrl',
  'phoneNumberId',
  'dmPolicy',
] as const

function secretOption(flags: string, description: string): Option {
  return { flags, description, secret: true }
}

export const channelsAdd: Command = {
  name: 'channels add',
  summary: 'Add an account on a chat network to the configuration.',
  arguments: [{ name: 'channel', description: CHANNEL_NAMES, required: true }],
  options: [
    { flags: '--account <name>', description: 'a name of yours for one more account (default)' },
    secretOption('--token <token>', 'bot token, or access token for whatsapp'),
    secretOption('--app-secret <secret>', 'whatsapp: signs what comes'),
    secretOption('--verify-token <token>', 'whatsapp: of the webhook handshake'),
    secretOption('--webhook-secret <secret>', 'telegram: with --webhook-url'),
    { flags: '--webhook-url <url>', description: 'telegram: public address of this gateway' },
    { flags: '--phone-number-id <id>', description: 'whatsapp: the number to send from' },
    { flags: '--dm-policy <policy>', description: 'pairing, locked, open or disabled (pairing)' },
    CONFIG_OPTION,
  ],
  examples: [
    {
      line: 'openclaw channels add telegram --token -',
      does: 'reads the token from standard input; a gateway that runs connects at once',
    },
    {
      line: 'openclaw channels add discord --account family --token -',
      does: 'a second account beside the first',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const [channel = ''] = args.positionals
  if (!isChannel(channel)) {
    problem(context, `there is no network ${channel}: ${CHANNEL_NAMES} are`)
    return EXIT.usage
  }
  const path = accountPath(channel, text(args, 'account'))
  const changes = SETTINGS.flatMap((setting) => {
    const value = text(args, setting)
    return value === undefined ? [] : [{ kind: 'set' as const, path: [...path, setting], value }]
  })
  const empty = changes.find(({ value }) => value === '')
  if (empty !== undefined) {
    problem(
      context,
      `nothing came for ${empty.path.at(-1)}: each \`-\` takes a line of standard input, in the order of the help`,
    )
    return EXIT.usage
  }
  if (changes.length === 0) {
    problem(context, 'nothing to set: give at least --token -, which reads it from standard input')
    return EXIT.usage
  }
  const asJson = flag(args, 'json')
  const options = { json: asJson, config: text(args, 'config') }
  const replaced: string[] = []
  const edited = await editConfig(requestOf(options, context, 'omit'), (tree) => {
    const others = changes.filter(({ path: key, value }) => {
      const was = valueAt(tree, key)
      return was !== undefined && was !== value
    })
    replaced.push(...others.map(({ path: key }) => key.join('.')))
    return changes
  })
  if (edited.kind === 'refused') {
    printProblems(edited.problems, options, context)
    return EXIT.no
  }
  const set = changes.map(({ path: key }) => key.join('.'))
  const stands = edited.problems.map(problemText)
  const warnings = await warningsAfter(edited, context)
  const { location, changed } = edited
  for (const warning of warnings) note(context, `warning: ${warning}`)
  if (asJson) {
    json(context, { set, replaced, file: location.file, changed, problems: stands, warnings })
    return EXIT.done
  }
  line(context, `${set.join(', ')} set in ${location.file}`)
  if (replaced.length > 0) line(context, `${replaced.join(', ')} had another value before`)
  for (const words of stands) problem(context, `the gateway does not start with it: ${words}`)
  line(
    context,
    'see `openclaw channels status --probe`, and `openclaw pairing list` once somebody writes',
  )
  return EXIT.done
}

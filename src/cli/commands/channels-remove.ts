/** `openclaw channels remove <channel>`: takes an account on a chat network out of the config file. */
import { text } from '../arguments.ts'
import { problem } from '../output.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'
import { accountPath, CHANNEL_NAMES, CONFIG_OPTION, isChannel } from '../channel-config.ts'
import { applyChange } from './config-set.ts'

export const channelsRemove: Command = {
  name: 'channels remove',
  summary: 'Take an account on a chat network out of the configuration.',
  arguments: [{ name: 'channel', description: CHANNEL_NAMES, required: true }],
  options: [
    {
      flags: '--account <name>',
      description: 'that account alone; without it, all of the network',
    },
    CONFIG_OPTION,
  ],
  examples: [
    {
      line: 'openclaw channels remove telegram',
      does: 'a gateway that runs disconnects; approvals stay, for when it comes back',
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
  return applyChange(
    { kind: 'unset', path },
    { json: false, config: text(args, 'config') },
    context,
  )
}

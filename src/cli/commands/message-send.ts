/** `openclaw message send`: a message of yours to a conversation on a chat network. */
import { z } from 'zod'
import { flag, text } from '../arguments.ts'
import { line, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { ACCOUNT_OPTION } from '../senders.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const queuedShape = z.looseObject({ channel: z.string(), to: z.string(), status: z.string() })

export const messageSend: Command = {
  name: 'message send',
  summary: 'Send a message to a conversation on a chat network.',
  arguments: [],
  options: [
    { flags: '--channel <name>', description: 'telegram, discord or whatsapp' },
    {
      flags: '--to <id>',
      description: 'the conversation there: a chat, a channel, a phone number',
    },
    { flags: '--message <text>', description: 'what to say' },
    { flags: '--group', description: 'the conversation is a group' },
    ACCOUNT_OPTION,
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw message send --channel telegram --to 123456789 --message "Dinner is ready"',
      does: 'sent as soon as Telegram takes it, also after a restart',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const channel = text(args, 'channel')
  const to = text(args, 'to')
  const message = text(args, 'message')
  if (channel === undefined || to === undefined || message === undefined) {
    problem(
      context,
      'name the channel, the conversation and what to say: --channel, --to, --message',
    )
    return EXIT.usage
  }
  const account = text(args, 'account')
  const question = {
    method: 'send',
    params: {
      channel,
      to,
      message,
      group: flag(args, 'group'),
      ...(account !== undefined && { accountId: account }),
    },
    shape: queuedShape,
    show: print,
  } as const
  return showAnswer(question, args, context)
}

function print({ channel, to }: z.output<typeof queuedShape>, context: Context): void {
  line(context, `on its way to ${to} on ${channel}`)
}

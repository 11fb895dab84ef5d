/** `channels`: the chat networks, their accounts, and who may write to the agents there. */
import * as z from 'zod'
import { secret, text, url } from './fields.ts'

/** Numbers beyond 2^53 have already lost digits when they arrive here: as an id they would name someone else. */
const sender = z
  .union([
    z.string().trim().min(1),
    z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  ])
  .transform(String)
  .meta({ accepts: 'a sender id, in quotes where it has more than 15 digits, or "*"' })

const dmPolicy = z
  .enum(['pairing', 'locked', 'allowlist', 'open', 'disabled'])
  .transform((policy) => (policy === 'allowlist' ? ('locked' as const) : policy))
const groupPolicy = z.enum(['allowlist', 'open', 'disabled'])
const senders = z.array(sender)

const DM_POLICY =
  'Unknown senders: get a code, are refused (`locked`, also called `allowlist`), may write, or nobody may.'
const ALLOW_FROM =
  'Senders who may write: ids that the network never gives away again. A name such as user#1234 lets nobody in by itself: whoever bears it first asks, and the approval pins their id. "*" is everyone, for dmPolicy open.'
const GROUP_POLICY =
  'Groups: those of `groups` and senders of `groupAllowFrom`, all of them, or none. The agent answers where it is mentioned.'
const GROUPS = 'Ids of groups in which the agent answers, for groupPolicy allowlist.'
const GROUP_ALLOW_FROM =
  'Senders whom it answers there; "*" is everyone in those groups. Approvals for direct messages do not count here.'

/** What every network has, with its defaults. */
const rules = {
  dmPolicy: dmPolicy.default('pairing').meta({ description: DM_POLICY }),
  allowFrom: senders.default([]).meta({ description: ALLOW_FROM }),
  groupPolicy: groupPolicy.default('allowlist').meta({ description: GROUP_POLICY }),
  groups: senders.default([]).meta({ description: GROUPS }),
  groupAllowFrom: senders.default([]).meta({ description: GROUP_ALLOW_FROM }),
}

/** The same for one account among several: what it leaves out is as the network has it. */
const accountRules = {
  dmPolicy: dmPolicy.optional().meta({ description: DM_POLICY }),
  allowFrom: senders.optional().meta({ description: ALLOW_FROM }),
  groupPolicy: groupPolicy.optional().meta({ description: GROUP_POLICY }),
  groups: senders.optional().meta({ description: GROUPS }),
  groupAllowFrom: senders.optional().meta({ description: GROUP_ALLOW_FROM }),
}

function apiBase(network: string) {
  return url(['https', 'http'])
    .optional()
    .meta({ description: `Base address of ${network}'s API, where it is not the usual one.` })
}

const accountName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/)
  .refine((name) => name !== 'default')
  .meta({
    accepts:
      'a name of up to 32 lower-case letters, digits, _ and -; the account `default` is the settings beside `accounts`',
  })

function accounts<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .record(accountName, z.strictObject({ ...shape, ...accountRules }))
    .default({})
    .meta({
      description:
        'More accounts on this network, by a name of yours; the settings beside this one are the account `default`.',
    })
}

const discordFields = {
  token: secret('Bot token.'),
  apiBase: apiBase('Discord'),
}
const discord = z
  .strictObject({ ...discordFields, ...rules, accounts: accounts(discordFields) })
  .prefault({})
  .meta({ description: 'Discord, over its gateway.' })

const telegramFields = {
  token: secret('Bot token, from @BotFather.'),
  apiBase: apiBase('Telegram'),
  webhookUrl: url(['https', 'http']).optional().meta({
    description:
      'Public address of this gateway that Telegram sends messages to (its path is /webhooks/telegram/<account>). Without it the gateway fetches them.',
  }),
  webhookSecret: secret(
    'Secret token that Telegram sends with each message; needed with webhookUrl.',
  ),
}
const telegram = z
  .strictObject({ ...telegramFields, ...rules, accounts: accounts(telegramFields) })
  .prefault({})
  .meta({ description: 'Telegram, over the Bot API.' })

const whatsappFields = {
  token: secret('Access token of the Cloud API.'),
  apiBase: apiBase('WhatsApp'),
  phoneNumberId: text('the id of the phone number')
    .optional()
    .meta({ description: 'Id of the phone number that messages are sent from.' }),
  appSecret: secret('App secret: signs what WhatsApp sends.'),
  verifyToken: secret('Token of the webhook handshake.'),
}
const whatsapp = z
  .strictObject({ ...whatsappFields, ...rules, accounts: accounts(whatsappFields) })
  .prefault({})
  .meta({
    description: 'WhatsApp, over the Cloud API; its webhook is /webhooks/whatsapp/<account>.',
  })

const webchat = z
  .strictObject({
    dmPolicy: rules.dmPolicy.meta({
      description:
        'Visitors in the role `webchat`: everybody whose device the gateway let in (`pairing`), those of `allowFrom` (`locked`), or nobody (`disabled`).',
    }),
    allowFrom: senders.default([]).meta({
      description: 'Visitors who may write, as `whoami` says them: `device:<id>`, `user:<login>`.',
    }),
  })
  .prefault({})
  .meta({ description: 'The chat in the browser.' })

export const channelsSection = z
  .strictObject({ discord, telegram, whatsapp, webchat })
  .prefault({})
  .meta({ description: 'Chat networks.' })

export const commandsSection = z
  .strictObject({
    ownerAllowFrom: z
      .array(
        text('a sender such as telegram:123').refine((id) => id !== '*', {
          message: 'would make everyone the owner',
        }),
      )
      .default([])
      .meta({
        description:
          'Senders who are the owner: `telegram:123`, with the account between them where it is another one. Commands of the owner work for them alone, in direct messages.',
      }),
  })
  .prefault({})
  .meta({ description: 'Commands in chat.' })

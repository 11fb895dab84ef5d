/** `channels`: the chat networks, and who may write to the agents there. */
import * as z from 'zod'
import { Secret } from '../core/secret.ts'
import { secret, text, url } from './fields.ts'
import type { Config } from './schema.ts'

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
  .default('pairing')
  .transform((policy) => (policy === 'allowlist' ? ('locked' as const) : policy))
  .meta({
    description:
      'Unknown senders: get a code, are refused (`locked`, also called `allowlist`), may write, or nobody may (no effect in this version).',
  })

/** What every network has. */
const senders = {
  dmPolicy,
  allowFrom: z.array(sender).default([]).meta({
    description:
      'Senders who may write; "*" is everyone, for dmPolicy open (no effect in this version).',
  }),
  groupPolicy: z
    .enum(['allowlist', 'open', 'disabled'])
    .default('allowlist')
    .meta({ description: 'Groups in which agents answer (no effect in this version).' }),
}

function apiBase(network: string) {
  return url(['https', 'http'])
    .optional()
    .meta({
      description: `Base address of ${network}'s API, where it is not the usual one (no effect in this version).`,
    })
}

const discord = z
  .strictObject({
    token: secret('Bot token (no effect in this version).'),
    apiBase: apiBase('Discord'),
    ...senders,
  })
  .prefault({})
  .meta({ description: 'Discord.' })

const telegram = z
  .strictObject({
    token: secret('Bot token (no effect in this version).'),
    apiBase: apiBase('Telegram'),
    webhookSecret: secret('Secret token of the webhook (no effect in this version).'),
    ...senders,
  })
  .prefault({})
  .meta({ description: 'Telegram.' })

const whatsapp = z
  .strictObject({
    token: secret('Access token (no effect in this version).'),
    apiBase: apiBase('WhatsApp'),
    phoneNumberId: text('the id of the phone number')
      .optional()
      .meta({ description: 'Id of the phone number (no effect in this version).' }),
    appSecret: secret('App secret: signs the webhook (no effect in this version).'),
    verifyToken: secret('Token of the webhook handshake (no effect in this version).'),
    ...senders,
  })
  .prefault({})
  .meta({ description: 'WhatsApp Cloud API.' })

const webchat = z
  .strictObject(senders)
  .prefault({})
  .meta({ description: 'The chat in the browser.' })

export const channelsSection = z
  .strictObject({ discord, telegram, whatsapp, webchat })
  .prefault({})
  .meta({ description: 'Chat networks (no effect in this version).' })

/** The networks that have a secret of their own; the chat in the browser needs none. */
export function configuredChannels({ discord, telegram, whatsapp }: Config['channels']) {
  const networks = [
    { id: 'discord', label: 'Discord', settings: discord },
    { id: 'telegram', label: 'Telegram', settings: telegram },
    { id: 'whatsapp', label: 'WhatsApp', settings: whatsapp },
  ]
  return networks
    .filter(({ settings }) => Object.values(settings).some((value) => value instanceof Secret))
    .map(({ id, label, settings }) => ({ id, label, dmPolicy: settings.dmPolicy }))
}

export const commandsSection = z
  .strictObject({
    ownerAllowFrom: z
      .array(
        text('a sender such as telegram:123').refine((id) => id !== '*', {
          message: 'would make everyone the owner',
        }),
      )
      .default([])
      .meta({ description: 'Senders who are the owner (no effect in this version).' }),
  })
  .prefault({})
  .meta({ description: 'Commands in chat (no effect in this version).' })

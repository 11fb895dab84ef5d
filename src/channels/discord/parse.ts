/** What came from Discord, as the gateway sees messages of every network. Nothing is taken on trust but ids. */
import {
  ComponentType,
  GatewayDispatchEvents,
  InteractionContextType,
  InteractionType,
  MessageType,
  type APIUser,
  type GatewayDispatchPayload,
  type GatewayInteractionCreateDispatchData,
  type GatewayMessageCreateDispatchData,
} from '@discordjs/core/http-only'
import type { SenderFacts } from '../../senders/types.ts'
import type { Address, Incoming, Press } from '../types.ts'

/** What an answer to a press needs. `token` is a secret: whoever has it answers in our name. */
export interface PressReply {
  readonly id: string
  readonly application: string
  readonly token: string
}

export type ParsedEvent =
  | { readonly kind: 'message'; readonly incoming: Incoming }
  | { readonly kind: 'press'; readonly press: Press; readonly reply: PressReply }
  /** Events of servers, messages that nobody wrote, our own ones, and what later versions add. */
  | { readonly kind: 'none' }

const NONE: ParsedEvent = { kind: 'none' }

/** `botId`: our own account there. */
export function parseEvent(event: GatewayDispatchPayload, botId: string): ParsedEvent {
  if (event.t === GatewayDispatchEvents.MessageCreate) return fromMessage(event.d, botId)
  if (event.t === GatewayDispatchEvents.InteractionCreate) return fromInteraction(event.d)
  return NONE
}

function fromMessage(message: GatewayMessageCreateDispatchData, botId: string): ParsedEvent {
  // Other types say that somebody joined, pinned or boosted: nobody wrote anything.
  const written = message.type === MessageType.Default || message.type === MessageType.Reply
  if (!written || message.author.id === botId) return NONE
  const conversation = addressOf(message)
  return {
    kind: 'message',
    incoming: {
      messageId: message.id,
      conversation,
      sender: message.webhook_id === undefined ? person(message.author) : NOBODY,
      addressed: conversation.kind === 'dm' || concerns(message, botId),
      at: Date.parse(message.timestamp),
      // What is passed on here has no text of its own.
      forwarded: false,
      read: () => textOf(message, botId),
    },
  }
}

function fromInteraction(interaction: GatewayInteractionCreateDispatchData): ParsedEvent {
  if (interaction.type !== InteractionType.MessageComponent) return NONE
  if (interaction.data.component_type !== ComponentType.Button) return NONE
  // Between other people, where nothing of ours stands.
  if (interaction.context === InteractionContextType.PrivateChannel) return NONE
  // Whoever pressed: the message under which the button stands has an author, and a person whom it answers (R18).
  const user = interaction.member?.user ?? interaction.user
  if (user === undefined) return NONE
  const { id, application_id: application, token, data } = interaction
  const conversation = addressOf({
    channel_id: interaction.channel.id,
    guild_id: interaction.guild_id,
  })
  return {
    kind: 'press',
    press: {
      pressId: id,
      conversation,
      sender: person(user),
      addressed: true,
      data: data.custom_id,
    },
    reply: { id, application, token },
  }
}

function addressOf(place: {
  readonly channel_id: string
  readonly guild_id?: string | undefined
}): Address {
  return { kind: place.guild_id === undefined ? 'dm' : 'group', id: place.channel_id }
}

const NOBODY: SenderFacts = { id: '', names: [], displayName: '' }

/** Bots, and Discord itself, are nobody who could be allowed (R52). */
function person(user: APIUser): SenderFacts {
  if (user.bot === true || user.system === true) return NOBODY
  const { id, username, global_name: shown } = user
  return { id, names: namesOf(user), displayName: shown ?? username }
}

/** Whoever has not changed since 2023 still bears four digits; '0' is none. A display name is anybody's. */
export function namesOf({
  username,
  discriminator,
}: Pick<APIUser, 'username' | 'discriminator'>): readonly [string, ...string[]] {
  return /^\d{4}$/.test(discriminator) && discriminator !== '0000'
    ? [username, `${username}#${discriminator}`]
    : [username]
}

/** It mentions us or answers a message of ours. @everyone and roles are not listed among `mentions`. */
function concerns(message: GatewayMessageCreateDispatchData, botId: string): boolean {
  const { mentions, type, referenced_message: answered } = message
  if (mentions.some(({ id }) => id === botId)) return true
  return type === MessageType.Reply && answered?.author.id === botId
}

/** Without the words that only say whom it is for. Pictures and stickers come with no words at all. */
function textOf({ content }: GatewayMessageCreateDispatchData, botId: string): string | null {
  if (content === '') return null
  return content.replaceAll(new RegExp(`<@!?${botId}>`, 'g'), '').trim()
}

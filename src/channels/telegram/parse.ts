/** What came from Telegram, as the gateway sees messages of every network. Nothing is taken on trust but ids. */
import type { CallbackQuery, Chat, Message, MessageEntity, Update, User } from 'grammy/types'
import type { SenderFacts } from '../../senders/types.ts'
import type { Address, Incoming, Press } from '../types.ts'

/** Our own account there. */
export interface Bot {
  readonly id: number
  readonly username: string
}

/** Kinds of updates that mean something to us: we ask for no others. */
export const UPDATES = ['message', 'callback_query'] as const

export type ParsedUpdate =
  | { readonly kind: 'message'; readonly incoming: Incoming }
  | { readonly kind: 'press'; readonly press: Press }
  /** Posts in channels, service messages, and what later versions of the API add. */
  | { readonly kind: 'none' }

export function parseUpdate(update: Update, bot: Bot): ParsedUpdate {
  if (update.message !== undefined) return fromMessage(update.message, bot)
  if (update.callback_query !== undefined) return fromPress(update.callback_query)
  return { kind: 'none' }
}

function fromMessage(message: Message, bot: Bot): ParsedUpdate {
  const conversation = addressOf(message.chat)
  if (conversation === null || isService(message)) return { kind: 'none' }
  return {
    kind: 'message',
    incoming: {
      messageId: `${message.chat.id}.${message.message_id}`,
      conversation,
      sender: senderOf(message),
      addressed: conversation.kind === 'dm' || concerns(message, bot),
      at: Number.isSafeInteger(message.date) ? message.date * 1_000 : 0,
      forwarded: message.forward_origin !== undefined || message.via_bot !== undefined,
      read: () => textOf(message, bot),
    },
  }
}

function fromPress({ id, from, message, data }: CallbackQuery): ParsedUpdate {
  const conversation = message === undefined ? null : addressOf(message.chat)
  if (conversation === null || data === undefined) return { kind: 'none' }
  const press = { pressId: id, conversation, sender: person(from), addressed: true, data }
  return { kind: 'press', press }
}

function addressOf({ id, type }: Chat): Address | null {
  if (type === 'private') return { kind: 'dm', id: String(id) }
  return type === 'group' || type === 'supergroup' ? { kind: 'group', id: String(id) } : null
}

/** A group, a channel or another bot is nobody who could be allowed (R52). */
function senderOf({ from, sender_chat: chat }: Message): SenderFacts {
  return from === undefined || chat !== undefined || from.is_bot ? NOBODY : person(from)
}

const NOBODY: SenderFacts = { id: '', names: [], displayName: '' }

function person({ id, username, first_name: first, last_name: last }: User): SenderFacts {
  return {
    id: String(id),
    names: username === undefined ? [] : [username],
    displayName: [first, last].filter((part) => part !== undefined).join(' '),
  }
}

/** Somebody joined, a photo of the group changed: nobody wrote anything. */
function isService(message: Message): boolean {
  return (
    message.new_chat_members !== undefined ||
    message.left_chat_member !== undefined ||
    message.new_chat_title !== undefined ||
    message.group_chat_created !== undefined ||
    message.supergroup_chat_created !== undefined ||
    message.migrate_to_chat_id !== undefined ||
    message.migrate_from_chat_id !== undefined ||
    message.pinned_message !== undefined
  )
}

/** It mentions us, is a command for us, or answers a message of ours. */
function concerns(message: Message, bot: Bot): boolean {
  if (message.reply_to_message?.from?.id === bot.id) return true
  const text = message.text ?? ''
  return (message.entities ?? []).some((entity) => names(entity, text, bot))
}

function names(entity: MessageEntity, text: string, { id, username }: Bot): boolean {
  if (entity.type === 'text_mention') return entity.user.id === id
  if (entity.type !== 'mention' && entity.type !== 'bot_command') return false
  const named = text.slice(entity.offset, entity.offset + entity.length).toLowerCase()
  return named.endsWith(`@${username.toLowerCase()}`)
}

/** Without the words that only say whom it is for. */
function textOf({ text }: Message, { username }: Bot): string | null {
  if (typeof text !== 'string') return null
  const mention = new RegExp(`@${username}(?![A-Za-z0-9_])`, 'gi')
  return text.replace(mention, '').trim()
}

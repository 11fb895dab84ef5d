/** Telegram, over the Bot API (https://core.telegram.org/bots/api): fetched by long polling, or sent to our webhook. */
import type { Secret } from '../../core/secret.ts'
import type { EntryKind } from '../../senders/rules.ts'
import type { ChannelKind } from '../kind.ts'

export interface TelegramSettings {
  readonly token?: Secret | undefined
  /** `https://api.telegram.org` where it is missing. */
  readonly apiBase?: string | undefined
  /** Public address of our webhook; without it messages are fetched. */
  readonly webhookUrl?: string | undefined
  readonly webhookSecret?: Secret | undefined
}

export const telegram: ChannelKind<TelegramSettings> = {
  id: 'telegram',
  label: 'Telegram',
  entryKind,
  problemOf({ token, webhookUrl, webhookSecret }) {
    if (token === undefined) return 'no token: make one with @BotFather and set `token`'
    if (webhookUrl !== undefined && webhookSecret === undefined)
      return 'webhookUrl without webhookSecret: anybody could send messages in Telegram’s name'
    if (webhookSecret !== undefined && !/^[A-Za-z0-9_-]{32,256}$/.test(webhookSecret.reveal()))
      return 'webhookSecret: make one of 32 to 256 letters, digits, _ and -: openssl rand -hex 32'
    return null
  },
  async open(ref, settings, ports) {
    const { openTelegram } = await import('./account.ts')
    return openTelegram(ref, settings, ports)
  },
}

/** User ids are numbers. Usernames change hands. */
function entryKind(entry: string): EntryKind {
  const text = entry.replace(/^(?:telegram|tg):/i, '').trim()
  if (/^[1-9]\d{0,15}$/.test(text)) return { kind: 'id', id: text }
  if (/^@?[A-Za-z][A-Za-z0-9_]{3,31}$/.test(text))
    return { kind: 'name', name: text.replace(/^@/, '') }
  return { kind: 'invalid', problem: 'a Telegram user id such as 123456789, or a username' }
}

/** Discord: messages come over its gateway, and go out by its REST interface (https://discord.com/developers/docs). */
import type { Secret } from '../../core/secret.ts'
import type { EntryKind } from '../../senders/rules.ts'
import type { ChannelKind } from '../kind.ts'

export interface DiscordSettings {
  readonly token?: Secret | undefined
  /** `https://discord.com/api` where it is missing. */
  readonly apiBase?: string | undefined
}

export const discord: ChannelKind<DiscordSettings> = {
  id: 'discord',
  label: 'Discord',
  entryKind,
  problemOf: ({ token }) =>
    token === undefined
      ? 'no token: make a bot at https://discord.com/developers and set `token`'
      : null,
  async open(ref, settings, ports) {
    const { openDiscord } = await import('./account.ts')
    return openDiscord(ref, settings, ports)
  },
}

/** User ids are snowflakes. Names, with or without their old four digits, change hands. */
function entryKind(entry: string): EntryKind {
  const text = entry.replace(/^discord:/i, '').trim()
  if (/^\d{15,20}$/.test(text)) return { kind: 'id', id: text }
  if (/^@?[^@#:\s][^@#:]{0,31}(?:#\d{4})?$/.test(text))
    return { kind: 'name', name: text.replace(/^@/, '') }
  return { kind: 'invalid', problem: 'a Discord user id of 15 to 20 digits, or a name' }
}

/** One account on Discord, open. */
import type { AccountRef } from '../../senders/types.ts'
import type { AccountPorts, ChannelAccount } from '../types.ts'
import type { DiscordSettings } from './index.ts'

export function openDiscord(
  _ref: AccountRef,
  _settings: DiscordSettings,
  _ports: AccountPorts,
): ChannelAccount {
  throw new Error('not yet')
}

/** One account on Whatsapp, open. */
import type { AccountRef } from '../../senders/types.ts'
import type { AccountPorts, ChannelAccount } from '../types.ts'
import type { WhatsappSettings } from './index.ts'

export function openWhatsapp(
  _ref: AccountRef,
  _settings: WhatsappSettings,
  _ports: AccountPorts,
): ChannelAccount {
  throw new Error('not yet')
}

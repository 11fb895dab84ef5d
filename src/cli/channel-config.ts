/** Where an account on a chat network stands in the configuration. */
import { CHANNEL_IDS, type ChannelId } from '../config/channel-accounts.ts'
import type { KeyPath } from '../config/key-path.ts'
import type { Option } from './types.ts'

export const CHANNEL_NAMES = CHANNEL_IDS.join(', ')

export const CONFIG_OPTION: Option = {
  flags: '--config <file>',
  description: 'the config file (OPENCLAW_CONFIG_PATH)',
}

export function isChannel(name: string): name is ChannelId {
  return CHANNEL_IDS.some((id) => id === name)
}

/** `default`, or none: the network's own settings. */
export function accountPath(channel: ChannelId, account: string | undefined): KeyPath {
  return account === undefined || account === 'default'
    ? ['channels', channel]
    : ['channels', channel, 'accounts', account]
}

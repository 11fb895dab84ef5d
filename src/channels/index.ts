/** The chat networks. To add one: write its folder, add its line, and its section to the configuration. */
import { discord } from './discord/index.ts'
import { telegram } from './telegram/index.ts'
import { whatsapp } from './whatsapp/index.ts'

export const CHANNELS = { telegram, discord, whatsapp } as const

export type ChannelId = keyof typeof CHANNELS

/** `null` for a name that is none. */
export function channelNamed(id: string): (typeof CHANNELS)[ChannelId] | null {
  return Object.hasOwn(CHANNELS, id) ? CHANNELS[id as ChannelId] : null
}

/** Printed configuration of chat networks. */
import type { WorkingSnippet } from './printed.ts'

const SENDERS = 'Chat networks and senders'

export const DM_PAIRING: WorkingSnippet = {
  title: 'strangers get a code',
  topic: SENDERS,
  file: 'config.json',
  state: 'works',
  does: 'strangers get a code on each network; that is the default',
  text: `channels :
  discord :
    dmPolicy : pairing
  telegram :
    dmPolicy : pairing
  whatsapp :
    dmPolicy : pairing
`,
  means: {
    'channels.discord.dmPolicy': 'pairing',
    'channels.telegram.dmPolicy': 'pairing',
    'channels.whatsapp.dmPolicy': 'pairing',
  },
}

export const DM_LOCKED: WorkingSnippet = {
  title: 'lists of people',
  topic: SENDERS,
  file: 'config.json',
  state: 'works',
  does: 'only these people are heard. A name such as `user#1234` lets nobody in by itself: whoever bears it first asks, and your approval pins their id',
  text: `channels :
  discord :
    dmPolicy : locked
    allowFrom :
      - "user#1234"
      - "admin#5678"
  telegram :
    dmPolicy : locked
    allowFrom :
      - 123456789
      - 987654321
  whatsapp :
    dmPolicy : locked
    allowFrom :
      - "+1234567890"
`,
  means: {
    'channels.discord.allowFrom': ['user#1234', 'admin#5678'],
    'channels.telegram.dmPolicy': 'locked',
    'channels.telegram.allowFrom': ['123456789', '987654321'],
    'channels.whatsapp.allowFrom': ['+1234567890'],
  },
}

export const DM_OPEN: WorkingSnippet = {
  title: 'everybody',
  topic: SENDERS,
  file: 'config.json',
  state: 'works',
  does: 'everybody is heard; without the `"*"` it is as `locked`',
  text: `channels :
  discord :
    dmPolicy : open
    allowFrom :
      - "*"
`,
  means: { 'channels.discord.dmPolicy': 'open', 'channels.discord.allowFrom': ['*'] },
}

export const CHAT_SNIPPETS = [DM_PAIRING, DM_LOCKED, DM_OPEN]

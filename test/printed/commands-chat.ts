/** Printed commands about chat networks, their senders and their conversations. */
import type { PrintedCommand } from './printed.ts'

const SENDERS = 'Chat networks and senders'
const CONVERSATIONS = 'Conversations'

export const CHAT_COMMANDS: readonly PrintedCommand[] = [
  {
    line: 'openclaw channels status',
    topic: SENDERS,
    state: 'works',
    place: 'gateway',
    does: 'lists the configured networks and how each account is; `--probe` asks the networks',
    says: /^Telegram +default +connected +pairing [^]*^Discord +default +connected +pairing /m,
  },
  {
    line: 'openclaw pairing list',
    topic: SENDERS,
    state: 'works',
    place: 'gateway',
    does: 'lists who asks to write, with codes, and who may',
    shows: ['discord code', 'telegram code', 'discord sender'],
    says: /^asking .*\ncode +channel +sender /,
  },
  {
    line: 'openclaw pairing approve discord ABC123',
    topic: SENDERS,
    state: 'works',
    place: 'gateway',
    does: 'lets the person write who was told this code; `--expires 30d` for a while',
    fill: { ABC123: 'discord code' },
    says: /may write to the agents\n +channel discord/,
  },
  {
    line: 'openclaw pairing approve telegram XYZ789',
    topic: SENDERS,
    state: 'works',
    place: 'gateway',
    does: 'the same on Telegram',
    fill: { XYZ789: 'telegram code' },
    says: /may write to the agents\n +channel telegram/,
  },
  {
    line: 'openclaw pairing revoke discord user@example.com',
    topic: SENDERS,
    state: 'differs',
    place: 'gateway',
    does: 'takes an approval away by the id that the network never gives away again; names and addresses are anybody’s to choose, so none names a sender. `openclaw pairing list` shows the ids',
    says: /not a Discord user id/,
    exit: 1,
    instead: 'openclaw pairing revoke discord 80351110224678912',
    fill: { '80351110224678912': 'discord sender' },
  },
  {
    line: 'openclaw config set channels.discord.dmPolicy pairing',
    topic: SENDERS,
    state: 'works',
    place: 'nothing',
    does: 'strangers get a code (the default); a gateway that runs applies it at once',
    says: /^channels\.discord\.dmPolicy set in /,
  },
  {
    line: 'openclaw config set channels.telegram.dmPolicy pairing',
    topic: SENDERS,
    state: 'works',
    place: 'nothing',
    does: 'the same on Telegram',
    says: /^channels\.telegram\.dmPolicy set in /,
  },
  {
    line: 'openclaw config set session.dmScope per-channel-peer',
    topic: CONVERSATIONS,
    state: 'works',
    place: 'nothing',
    does: 'everybody who writes has a conversation of their own on each network',
    says: /^session\.dmScope set in /,
  },
  {
    line: 'openclaw config set session.dmScope per-account-channel-peer',
    topic: CONVERSATIONS,
    state: 'works',
    place: 'nothing',
    does: 'and one for each account of ours that they write to',
    says: /^session\.dmScope set in /,
  },
]

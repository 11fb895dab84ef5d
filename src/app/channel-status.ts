/** Chat networks as the operations see them: how each account is, and a way to send. */
import type { AccountView } from '../channels/host.ts'
import { channelNamed } from '../channels/index.ts'
import { splitText } from '../channels/split-text.ts'
import { configuredAccounts } from '../config/channel-accounts.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import type { ChannelAccountStatus, ChannelsStatusPorts } from '../operations/channels-status.ts'
import type { SendPorts } from '../operations/send.ts'
import type { Channels } from './channels.ts'

/** What operations ask of the networks. */
export function channelStatusPorts(
  { host, post }: Channels,
  config: () => Config,
  clock: Clock,
): ChannelsStatusPorts & SendPorts {
  return {
    accounts: () => host.views().map((view) => statusOf(view, config())),
    async probe(channel, account, timeoutMs) {
      const open = host.account({ channel, account })
      if (open === null) return { ok: false, name: null, problem: 'the account is not open' }
      return open.probe(AbortSignal.timeout(timeoutMs))
    },
    clock,
    problemOfAddress,
    async post({ id, channel, account, to, text }) {
      const open = host.account({ channel, account })
      if (open === null)
        return { problem: `no account ${account} of ${channel} is open: openclaw channels status` }
      const pieces = splitText(text, open.limits.text)
      await post(
        pieces.map((piece, index) => ({
          id: `${id}:${index}`,
          channel,
          account,
          to,
          text: piece,
          replyTo: null,
          replaces: null,
          buttons: [],
        })),
      )
      return { problem: null }
    },
  }
}

/** What a direct message goes to is a person's id, where the two are the same; groups and channels are the network's own. */
function problemOfAddress(
  channel: string,
  { kind, id }: { readonly kind: 'dm' | 'group'; readonly id: string },
): string | null {
  const network = channelNamed(channel)
  if (network === null) return `there is no network ${channel}: telegram, discord and whatsapp are`
  if (kind === 'group') return null
  const entry = network.entryKind(id)
  if (entry.kind === 'id') return null
  return `"${id}" is no id: write ${entry.kind === 'invalid' ? entry.problem : 'the id, which /whoami tells; names change hands'}`
}

function statusOf(
  { ref, state, waiting }: AccountView,
  { channels }: Config,
): ChannelAccountStatus {
  const { channel, account } = ref
  const found = configuredAccounts(channels).find(
    (one) => one.channel === channel && one.account === account,
  )
  const { reconnects, ...rest } = state
  return {
    channel,
    label: channelNamed(channel)?.label ?? channel,
    accountId: account,
    ...rest,
    reconnectAttempts: reconnects,
    waiting,
    dmPolicy: found?.settings.dmPolicy ?? 'disabled',
  }
}

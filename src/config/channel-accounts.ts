/** The accounts that the configuration names on each network, with what each leaves out filled in. */
import { Secret } from '../core/secret.ts'
import type { Config } from './schema.ts'

export const CHANNEL_IDS = ['telegram', 'discord', 'whatsapp'] as const
export type ChannelId = (typeof CHANNEL_IDS)[number]

export type AccountSettings<Id extends ChannelId = ChannelId> = Omit<
  Config['channels'][Id],
  'accounts'
>

export interface ConfiguredAccount<Id extends ChannelId = ChannelId> {
  readonly channel: Id
  readonly account: string
  readonly settings: AccountSettings<Id>
}

/** Of one network: `default` where it has a secret of its own, then the others. */
export function accountsOf<Id extends ChannelId>(
  channels: Config['channels'],
  channel: Id,
): readonly ConfiguredAccount<Id>[] {
  const { accounts, ...base } = channels[channel]
  const common: AccountSettings<Id> = base
  const found: ConfiguredAccount<Id>[] = isSetUp(common)
    ? [{ channel, account: DEFAULT_ACCOUNT, settings: common }]
    : []
  const rules = withoutSecrets(common)
  for (const [account, own] of Object.entries(accounts))
    found.push({ channel, account, settings: { ...rules, ...own } as AccountSettings<Id> })
  return found
}

export const DEFAULT_ACCOUNT = 'default'

export function configuredAccounts(channels: Config['channels']): readonly ConfiguredAccount[] {
  return CHANNEL_IDS.flatMap((channel): readonly ConfiguredAccount[] =>
    accountsOf(channels, channel),
  )
}

function isSetUp(settings: object): boolean {
  return Object.values(settings).some((value) => value instanceof Secret)
}

/** Two accounts never share a secret unasked: only rules and addresses are the network's. */
function withoutSecrets<Settings extends object>(settings: Settings): Partial<Settings> {
  const kept = Object.entries(settings).filter(
    ([name, value]) =>
      !(value instanceof Secret) && name !== 'webhookUrl' && name !== 'phoneNumberId',
  )
  return Object.fromEntries(kept) as Partial<Settings>
}

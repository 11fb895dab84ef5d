/** What in the lists of senders lets nobody in although somebody wrote it down: said at the start and after a reload. */
import { CHANNELS, channelNamed } from '../channels/index.ts'
import { entryKind as visitorKind } from '../channels/webchat/index.ts'
import { configuredAccounts, DEFAULT_ACCOUNT } from '../config/channel-accounts.ts'
import type { Config } from '../config/schema.ts'
import { EVERYBODY, type DmPolicy, type EntryKind } from '../senders/rules.ts'

type Settings = Pick<Config, 'channels' | 'commands'>

/** Sentences for the operator: where, what is wrong, what to do. */
export function senderWarnings({ channels, commands }: Settings): readonly string[] {
  const networks = configuredAccounts(channels).flatMap(({ channel, account, settings }) => {
    const place = `channels.${channel}${account === DEFAULT_ACCOUNT ? '' : `.accounts.${account}`}`
    const kindOf = CHANNELS[channel].entryKind
    return [
      ...listWarnings(`${place}.allowFrom`, settings.allowFrom, kindOf),
      ...groupWarnings(`${place}.groupAllowFrom`, settings.groupAllowFrom, kindOf),
      ...policyWarnings(place, settings),
    ]
  })
  const { webchat } = channels
  return [
    ...networks,
    ...listWarnings('channels.webchat.allowFrom', webchat.allowFrom, visitorKind),
    ...policyWarnings('channels.webchat', webchat),
    ...commands.ownerAllowFrom.flatMap(ownerWarning),
  ]
}

function listWarnings(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly string[] {
  return entries.flatMap((entry) => {
    const kind = entry === EVERYBODY ? null : kindOf(entry)
    if (kind?.kind !== 'invalid') return []
    return [`${place}: "${entry}" lets nobody in: write ${kind.problem}`]
  })
}

/** There a name asks nobody and is pinned by nobody (R53). */
function groupWarnings(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly string[] {
  const names = entries.filter((entry) => entry !== EVERYBODY && kindOf(entry).kind === 'name')
  return [
    ...listWarnings(place, entries, kindOf),
    ...names.map((name) => `${place}: "${name}" lets nobody in: write an id; /whoami says it`),
  ]
}

function policyWarnings(
  place: string,
  { dmPolicy, allowFrom }: { readonly dmPolicy: DmPolicy; readonly allowFrom: readonly string[] },
): readonly string[] {
  const everybody = allowFrom.includes(EVERYBODY)
  if (dmPolicy === 'open' && !everybody)
    return [
      `${place}: dmPolicy is "open" without "*" in allowFrom, and works as "locked": add "*" if everybody may write`,
    ]
  if (dmPolicy !== 'open' && everybody)
    return [
      `${place}: "*" in allowFrom counts for dmPolicy "open" alone, and dmPolicy is "${dmPolicy}"`,
    ]
  return []
}

function ownerWarning(entry: string): readonly string[] {
  const [channel = '', ...rest] = entry.split(':')
  const kind = channelNamed(channel)?.entryKind(rest.at(-1) ?? '')
  if (kind?.kind === 'id') return []
  return [
    `commands.ownerAllowFrom: "${entry}" is nobody: write the network and an id, such as telegram:123456789`,
  ]
}

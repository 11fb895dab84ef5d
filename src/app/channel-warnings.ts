/** What in the lists of senders lets nobody in although somebody wrote it down: said at the start and after a reload. */
import type { SenderFault } from '../audit/types.ts'
import { CHANNELS, channelNamed } from '../channels/index.ts'
import { entryKind as visitorKind } from '../channels/webchat/index.ts'
import { configuredAccounts, DEFAULT_ACCOUNT } from '../config/channel-accounts.ts'
import type { Config } from '../config/schema.ts'
import { EVERYBODY, type DmPolicy, type EntryKind } from '../senders/rules.ts'
import type { AccountRef } from '../senders/types.ts'

type Settings = Pick<Config, 'channels' | 'commands'>

/** Sentences for the operator: where, what is wrong, what to do. */
export function senderWarnings(settings: Settings): readonly string[] {
  return senderFaults(settings).map(({ text }) => text)
}

export function senderFaults({ channels, commands }: Settings): readonly SenderFault[] {
  const networks = configuredAccounts(channels).flatMap(({ channel, account, settings }) => {
    const place = accountPlace({ channel, account })
    const kindOf = CHANNELS[channel].entryKind
    return [
      ...listFaults(`${place}.allowFrom`, settings.allowFrom, kindOf),
      ...groupFaults(`${place}.groupAllowFrom`, settings.groupAllowFrom, kindOf),
      ...policyFaults(place, settings),
    ].map((fault) => ({ ...fault, channel }))
  })
  const { webchat } = channels
  return [
    ...networks,
    ...[
      ...listFaults('channels.webchat.allowFrom', webchat.allowFrom, visitorKind),
      ...policyFaults('channels.webchat', webchat),
    ].map((fault) => ({ ...fault, channel: 'webchat' })),
    ...commands.ownerAllowFrom.flatMap(ownerFaults),
  ]
}

/** `channels.telegram.accounts.work`. */
export function accountPlace({ channel, account }: AccountRef): string {
  return `channels.${channel}${account === DEFAULT_ACCOUNT ? '' : `.accounts.${account}`}`
}

type Fault = Omit<SenderFault, 'channel'>

function listFaults(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly Fault[] {
  return entries.flatMap((entry) => {
    const kind = entry === EVERYBODY ? null : kindOf(entry)
    if (kind?.kind !== 'invalid') return []
    const text = `${place}: "${entry}" lets nobody in: write ${kind.problem}`
    return [{ kind: 'invalid_entry' as const, place, text }]
  })
}

/** There a name asks nobody and is pinned by nobody (R53). */
function groupFaults(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly Fault[] {
  const names = entries.filter((entry) => entry !== EVERYBODY && kindOf(entry).kind === 'name')
  return [
    ...listFaults(place, entries, kindOf),
    ...names.map((name) => ({
      kind: 'name_in_group' as const,
      place,
      text: `${place}: "${name}" lets nobody in: write an id; /whoami says it`,
    })),
  ]
}

function policyFaults(
  place: string,
  { dmPolicy, allowFrom }: { readonly dmPolicy: DmPolicy; readonly allowFrom: readonly string[] },
): readonly Fault[] {
  const everybody = allowFrom.includes(EVERYBODY)
  if (dmPolicy === 'open' && !everybody) {
    const text = `${place}: dmPolicy is "open" without "*" in allowFrom, and works as "locked": add "*" if everybody may write`
    return [{ kind: 'open_without_wildcard', place, text }]
  }
  if (dmPolicy !== 'open' && everybody) {
    const text = `${place}: "*" in allowFrom counts for dmPolicy "open" alone, and dmPolicy is "${dmPolicy}"`
    return [{ kind: 'wildcard_without_open', place, text }]
  }
  return []
}

function ownerFaults(entry: string): readonly SenderFault[] {
  const [channel = '', ...rest] = entry.split(':')
  const kind = channelNamed(channel)?.entryKind(rest.at(-1) ?? '')
  if (kind?.kind === 'id') return []
  const place = 'commands.ownerAllowFrom'
  const text = `${place}: "${entry}" is nobody: write the network and an id, such as telegram:123456789`
  return [{ kind: 'owner_unknown', channel: '', place, text }]
}

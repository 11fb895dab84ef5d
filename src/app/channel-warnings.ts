/** What in the settings of chat networks does not do what it says: entries that let nobody in, and accounts that cannot run. */
import type { SenderFault } from '../audit/types.ts'
import { CHANNELS, channelNamed } from '../channels/index.ts'
import { entryKind as visitorKind } from '../channels/webchat/index.ts'
import { configuredAccounts, DEFAULT_ACCOUNT } from '../config/channel-accounts.ts'
import type { Problem } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import { EVERYBODY, type DmPolicy, type EntryKind } from '../senders/rules.ts'
import type { AccountRef } from '../senders/types.ts'
import { accountProblems } from './channel-plans.ts'

type Settings = Pick<Config, 'channels' | 'commands'>

/** In the order of the configuration: lists first, then accounts. */
export function channelWarnings(settings: Settings): readonly Problem[] {
  return [...senderFaults(settings), ...accountFaults(settings)]
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

function accountFaults(settings: Pick<Config, 'channels'>): readonly Problem[] {
  return accountProblems(settings).map(({ ref, problem }) => {
    const key = accountPlace(ref)
    const fix = `Set it: openclaw config set ${key}.<name> …`
    const message = `the account does not run: ${problem}`
    return { code: 'account_incomplete', key, where: null, message, fix }
  })
}

type Fault = Omit<SenderFault, 'channel'>

function faultAt(
  key: string,
  code: Fault['code'],
  { message, fix }: Pick<Problem, 'message' | 'fix'>,
): Fault {
  return { code, key, where: null, message, fix }
}

function listFaults(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly Fault[] {
  return entries.flatMap((entry) => {
    const kind = entry === EVERYBODY ? null : kindOf(entry)
    if (kind?.kind !== 'invalid') return []
    const message = `"${entry}" lets nobody in`
    return [faultAt(place, 'invalid_entry', { message, fix: `Write ${kind.problem}` })]
  })
}

/** There a name asks nobody and is pinned by nobody (R53). */
function groupFaults(
  place: string,
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): readonly Fault[] {
  const names = entries.filter((entry) => entry !== EVERYBODY && kindOf(entry).kind === 'name')
  const fix = 'Write an id; /whoami says it'
  return [
    ...listFaults(place, entries, kindOf),
    ...names.map((name) =>
      faultAt(place, 'name_in_group', { message: `"${name}" lets nobody in`, fix }),
    ),
  ]
}

function policyFaults(
  place: string,
  { dmPolicy, allowFrom }: { readonly dmPolicy: DmPolicy; readonly allowFrom: readonly string[] },
): readonly Fault[] {
  const everybody = allowFrom.includes(EVERYBODY)
  if (dmPolicy === 'open' && !everybody) {
    const message = 'dmPolicy is "open" without "*" in allowFrom, and works as "locked"'
    const fix = 'Add "*" if everybody may write'
    return [faultAt(place, 'open_without_wildcard', { message, fix })]
  }
  if (dmPolicy !== 'open' && everybody) {
    const message = `"*" in allowFrom counts for dmPolicy "open" alone, and dmPolicy is "${dmPolicy}"`
    const fix = 'Take "*" out of allowFrom, or set dmPolicy to "open" if everybody may write'
    return [faultAt(place, 'wildcard_without_open', { message, fix })]
  }
  return []
}

function ownerFaults(entry: string): readonly SenderFault[] {
  const [channel = '', ...rest] = entry.split(':')
  const kind = channelNamed(channel)?.entryKind(rest.at(-1) ?? '')
  if (kind?.kind === 'id') return []
  const message = `"${entry}" is nobody`
  const fix = 'Write the network and an id, such as telegram:123456789'
  const fault = faultAt('commands.ownerAllowFrom', 'owner_unknown', { message, fix })
  return [{ ...fault, channel: '' }]
}

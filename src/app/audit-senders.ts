/** What the audit looks at of chat networks: what becomes of a stranger there is asked of the code that admits senders. */
import type { AccountFact, SendersFact } from '../audit/types.ts'
import { CHANNELS } from '../channels/index.ts'
import { configuredAccounts } from '../config/channel-accounts.ts'
import type { Config } from '../config/schema.ts'
import { admitSender, isPast, type Envelope } from '../senders/admit.ts'
import { senderName } from '../senders/desk.ts'
import type { SenderRules } from '../senders/rules.ts'
import type { AccountRef, SenderApproval } from '../senders/types.ts'
import { accountProblems, senderRules } from './channel-plans.ts'
import { accountPlace } from './channel-warnings.ts'

/** `now`: milliseconds since the epoch. */
export function accountFacts(config: Config, now: number): readonly AccountFact[] {
  const rulesFor = senderRules(() => config)
  const problems = new Map(
    accountProblems(config).map(({ ref, problem }) => [nameOf(ref), problem] as const),
  )
  return configuredAccounts(config.channels).flatMap((ref): readonly AccountFact[] => {
    const rules = rulesFor(ref)
    if (rules === null) return []
    return [
      {
        channel: ref.channel,
        account: ref.account,
        place: accountPlace(ref),
        problem: problems.get(nameOf(ref)) ?? null,
        stranger: strangerAt(ref, rules, now),
        allowed: [...rules.allowFrom.ids],
        nobody: nobodyMayWrite(rules),
        nobodyInGroups: nobodyMaySpeak(rules),
      },
    ]
  })
}

/** An id that no network gives to anybody. */
const NOBODY_KNOWN = { id: '999999999999999', names: [], displayName: '' }

function strangerAt(
  { channel, account }: AccountRef,
  rules: SenderRules,
  now: number,
): AccountFact['stranger'] {
  const approvals = { find: () => null, bearerOf: () => null }
  const ask = (conversation: Envelope['conversation']) =>
    admitSender(
      { conversation, sender: NOBODY_KNOWN, addressed: true },
      { account: { channel, account }, rules, approvals, now },
    ).kind
  const inGroup = (id: string) => (ask({ kind: 'group', id }) === 'allowed' ? 'allowed' : 'refused')
  const direct = ask({ kind: 'dm', id: NOBODY_KNOWN.id })
  const [own] = rules.groups
  return {
    direct: direct === 'allowed' || direct === 'asks' ? direct : 'refused',
    anyGroup: inGroup('a group that nobody named'),
    ownGroup: own === undefined ? null : inGroup(own),
  }
}

function nobodyMayWrite({ dmPolicy, allowFrom: { ids, names, everybody } }: SenderRules): boolean {
  const asks = dmPolicy === 'pairing' || dmPolicy === 'disabled'
  if (asks || (dmPolicy === 'open' && everybody)) return false
  return ids.size === 0 && names.size === 0
}

function nobodyMaySpeak({ groupPolicy, groups, groupAllowFrom }: SenderRules): boolean {
  const { ids, everybody } = groupAllowFrom
  return groupPolicy === 'allowlist' && groups.size > 0 && ids.size === 0 && !everybody
}

function nameOf({ channel, account }: AccountRef): string {
  return `${channel} ${account}`
}

export function sendersFact(
  { channels }: Config,
  approvals: readonly SenderApproval[],
  now: number,
): SendersFact {
  const pinned = new Set(
    approvals.flatMap(({ channel, account, entry }) =>
      entry === null ? [] : [`${channel} ${account} ${entry}`],
    ),
  )
  const unpinned = configuredAccounts(channels).flatMap(({ channel, account, settings }) =>
    settings.allowFrom.flatMap((entry) => {
      const kind = CHANNELS[channel].entryKind(entry)
      if (kind.kind !== 'name') return []
      if (pinned.has(`${channel} ${account} ${kind.name.toLowerCase()}`)) return []
      const place = `${accountPlace({ channel, account })}.allowFrom`
      return [{ channel, place, name: entry }]
    }),
  )
  return { approved: approvals.filter((one) => !isPast(one, now)).map(senderName), unpinned }
}

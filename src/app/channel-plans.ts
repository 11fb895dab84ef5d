/** The accounts of chat networks as the configuration has them: what is to run, and who may write there. */
import { CHANNELS, type ChannelId } from '../channels/index.ts'
import type { AccountPlan } from '../channels/host.ts'
import type { ChannelKind } from '../channels/kind.ts'
import type { AccountPorts } from '../channels/types.ts'
import {
  accountsOf,
  type AccountSettings,
  type ConfiguredAccount,
} from '../config/channel-accounts.ts'
import type { Config } from '../config/schema.ts'
import { Secret } from '../core/secret.ts'
import { senderList, type SenderRules } from '../senders/rules.ts'
import type { AccountRef } from '../senders/types.ts'

/** `ports`: what one account remembers, and where it warns. */
export function channelPlans(
  { channels }: Pick<Config, 'channels'>,
  ports: (ref: AccountRef) => AccountPorts,
): readonly AccountPlan[] {
  return [
    ...accountsOf(channels, 'telegram').map((one) => planOf(CHANNELS.telegram, one, ports)),
    ...accountsOf(channels, 'discord').map((one) => planOf(CHANNELS.discord, one, ports)),
    ...accountsOf(channels, 'whatsapp').map((one) => planOf(CHANNELS.whatsapp, one, ports)),
  ]
}

function planOf<Id extends ChannelId>(
  kind: ChannelKind<AccountSettings<Id>>,
  { channel, account, settings }: ConfiguredAccount<Id>,
  ports: (ref: AccountRef) => AccountPorts,
): AccountPlan {
  const ref = { channel, account }
  return {
    ref,
    print: printOf(settings),
    problem: kind.problemOf(settings),
    open: () => kind.open(ref, settings, ports(ref)),
  }
}

export interface AccountProblem {
  readonly ref: AccountRef
  /** Why it cannot run. */
  readonly problem: string
}

/** Accounts that can run are left out. */
export function accountProblems({ channels }: Pick<Config, 'channels'>): readonly AccountProblem[] {
  return [
    ...accountsOf(channels, 'telegram').flatMap((one) => problemsOf(CHANNELS.telegram, one)),
    ...accountsOf(channels, 'discord').flatMap((one) => problemsOf(CHANNELS.discord, one)),
    ...accountsOf(channels, 'whatsapp').flatMap((one) => problemsOf(CHANNELS.whatsapp, one)),
  ]
}

function problemsOf<Id extends ChannelId>(
  kind: ChannelKind<AccountSettings<Id>>,
  { channel, account, settings }: ConfiguredAccount<Id>,
): readonly AccountProblem[] {
  const problem = kind.problemOf(settings)
  return problem === null ? [] : [{ ref: { channel, account }, problem }]
}

/** Who may write is asked for each message, so it opens no account anew. */
const RULES: ReadonlySet<string> = new Set([
  'dmPolicy',
  'allowFrom',
  'groupPolicy',
  'groups',
  'groupAllowFrom',
])

function printOf(settings: object): string {
  const parts = Object.entries(settings)
    .filter(([name]) => !RULES.has(name))
    .map(([name, value]) => [name, value instanceof Secret ? value.digest() : value])
  return JSON.stringify(parts.sort(([a], [b]) => String(a).localeCompare(String(b))))
}

/** Read once for each configuration: asked for every message. */
export function senderRules(config: () => Pick<Config, 'channels'>) {
  const kept: { config: Pick<Config, 'channels'> | null; rules: Map<string, SenderRules> } = {
    config: null,
    rules: new Map(),
  }
  return ({ channel, account }: AccountRef): SenderRules | null => {
    const current = config()
    if (kept.config !== current) {
      kept.config = current
      kept.rules = rulesIn(current)
    }
    return kept.rules.get(`${channel} ${account}`) ?? null
  }
}

function rulesIn({ channels }: Pick<Config, 'channels'>): Map<string, SenderRules> {
  const rules = new Map<string, SenderRules>()
  for (const id of ['telegram', 'discord', 'whatsapp'] as const)
    for (const { account, settings } of accountsOf(channels, id))
      rules.set(`${id} ${account}`, rulesOf(id, settings))
  return rules
}

function rulesOf(channel: ChannelId, settings: AccountSettings): SenderRules {
  const kindOf = CHANNELS[channel].entryKind
  return {
    dmPolicy: settings.dmPolicy,
    allowFrom: senderList(settings.allowFrom, kindOf),
    groupPolicy: settings.groupPolicy,
    groups: new Set(settings.groups),
    groupAllowFrom: senderList(settings.groupAllowFrom, kindOf),
  }
}

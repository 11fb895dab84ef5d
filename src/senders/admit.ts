/**
 * Answers one question, for every network: may whoever wrote this be heard by an agent? (SPEC 5)
 *
 * Pure. Decided on the envelope alone: of a message that is not let in, nobody reads the text.
 */
import type { SenderList, SenderRules } from './rules.ts'
import type { AccountRef, Approvals, SenderApproval, SenderFacts } from './types.ts'

/** What can be known of a message without reading it. */
export interface Envelope {
  readonly conversation: {
    readonly kind: 'dm' | 'group'
    /** As the network has it. */
    readonly id: string
  }
  readonly sender: SenderFacts
  /** It is meant for us: a direct message, or one in a group that mentions the account or answers it. */
  readonly addressed: boolean
}

export type SenderReason =
  | 'dm_disabled'
  | 'sender_nameless'
  | 'sender_not_allowed'
  | 'sender_approval_expired'
  | 'group_disabled'
  | 'group_not_allowed'
  | 'group_sender_not_allowed'
  | 'policy_unknown'

export type SenderAdmission =
  | { readonly kind: 'allowed'; readonly via: 'allowFrom' | 'approval' | 'open' | 'group' }
  /** A stranger who may ask. `entry`: the name in `allowFrom` that they bear first. */
  | { readonly kind: 'asks'; readonly entry: string | null }
  | { readonly kind: 'denied'; readonly reason: SenderReason }
  /** Talk among others: nothing that concerns us. */
  | { readonly kind: 'ignored' }

const NOT_ALLOWED: SenderAdmission = { kind: 'denied', reason: 'sender_not_allowed' }
const BY_LIST: SenderAdmission = { kind: 'allowed', via: 'allowFrom' }

/** `now`: milliseconds since the epoch. A policy that nobody knows lets nobody in (R55). */
export function admitSender(
  envelope: Envelope,
  { account, rules, approvals, now }: AdmitContext,
): SenderAdmission {
  const { conversation, sender, addressed } = envelope
  if (!addressed) return { kind: 'ignored' }
  if (sender.id.trim() === '') return { kind: 'denied', reason: 'sender_nameless' }
  switch (conversation.kind) {
    case 'dm':
      return admitDirect(sender, { account, rules, approvals, now })
    case 'group':
      return admitInGroup(conversation.id, sender, rules)
    default:
      return { kind: 'denied', reason: 'policy_unknown' }
  }
}

export interface AdmitContext {
  readonly account: AccountRef
  readonly rules: SenderRules
  readonly approvals: Approvals
  readonly now: number
}

function admitDirect(
  sender: SenderFacts,
  { account, rules, approvals, now }: AdmitContext,
): SenderAdmission {
  const { dmPolicy, allowFrom } = rules
  if (dmPolicy === 'disabled') return { kind: 'denied', reason: 'dm_disabled' }
  if (dmPolicy !== 'pairing' && dmPolicy !== 'locked' && dmPolicy !== 'open')
    return { kind: 'denied', reason: 'policy_unknown' }
  if (allowFrom.ids.has(sender.id)) return BY_LIST
  if (dmPolicy === 'open' && allowFrom.everybody) return { kind: 'allowed', via: 'open' }

  const approval = approvals.find({ ...account, id: sender.id })
  const standing = approval === null ? 'none' : standingOf(approval, rules, now)
  if (standing === 'stands') return { kind: 'allowed', via: 'approval' }

  const entry = entryOf(sender, account, { allowFrom, approvals, now })
  // Without pairing nobody asks, but whoever bears a name that the owner wrote down.
  if (dmPolicy === 'pairing' || entry !== null) return { kind: 'asks', entry }
  return standing === 'over' ? { kind: 'denied', reason: 'sender_approval_expired' } : NOT_ALLOWED
}

/**
 * Approvals by code or invitation are pairing's, and count under no other policy (R53); a pinned name counts as the entry
 * that it is pinned to, for as long as that stands in the list.
 */
function standingOf(
  { via, entry, expiresAt, ended }: SenderApproval,
  { dmPolicy, allowFrom }: SenderRules,
  now: number,
): 'stands' | 'over' | 'none' {
  const counts =
    via === 'name' ? entry !== null && allowFrom.names.has(entry) : dmPolicy === 'pairing'
  if (!counts) return 'none'
  return isPast({ ended, expiresAt }, now) ? 'over' : 'stands'
}

/** Once seen to be over it stays so, whatever the clock says. */
export function isPast(
  { ended, expiresAt }: Pick<SenderApproval, 'ended' | 'expiresAt'>,
  now: number,
): boolean {
  return ended || (expiresAt !== null && expiresAt <= now)
}

/** The name that they bear and that nobody bore before them. */
function entryOf(
  { id, names }: SenderFacts,
  account: AccountRef,
  {
    allowFrom,
    approvals,
    now,
  }: { readonly allowFrom: SenderList; readonly approvals: Approvals; readonly now: number },
): string | null {
  const borne = names.map((name) => name.toLowerCase()).find((name) => allowFrom.names.has(name))
  if (borne === undefined) return null
  const bearer = approvals.bearerOf(account, borne, now)
  return bearer === null || bearer === id ? borne : null
}

/** An approval for direct messages opens no group, and a group's id is no sender's (R52, R53). */
function admitInGroup(
  groupId: string,
  { id }: SenderFacts,
  { groupPolicy, groups, groupAllowFrom }: SenderRules,
): SenderAdmission {
  switch (groupPolicy) {
    case 'disabled':
      return { kind: 'denied', reason: 'group_disabled' }
    case 'open':
      return { kind: 'allowed', via: 'group' }
    case 'allowlist':
      if (!groups.has(groupId)) return { kind: 'denied', reason: 'group_not_allowed' }
      return groupAllowFrom.everybody || groupAllowFrom.ids.has(id)
        ? { kind: 'allowed', via: 'group' }
        : { kind: 'denied', reason: 'group_sender_not_allowed' }
    default:
      return { kind: 'denied', reason: 'policy_unknown' }
  }
}

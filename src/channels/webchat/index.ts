/**
 * The chat in the browser. The gateway itself has said who a visitor is, by their device or their login, and pairing was
 * their device's; who of them is heard goes by the same policy as on every network (SPEC 5).
 */
import type { Principal } from '../../access/types.ts'
import { admitSender, type Envelope, type SenderAdmission } from '../../senders/admit.ts'
import { senderList, type DmPolicy, type EntryKind } from '../../senders/rules.ts'
import type { AccountRef, Approvals, SenderRef } from '../../senders/types.ts'

export interface WebchatSettings {
  readonly dmPolicy: DmPolicy
  /** `device:<id>`, `user:<login>`, as `whoami` says them; `*` for everybody whom the gateway lets in. */
  readonly allowFrom: readonly string[]
}

const ACCOUNT: AccountRef = { channel: 'webchat', account: 'default' }

/** May this visitor write? `now`: milliseconds since the epoch. */
export function admitVisitor(
  { kind, id, displayName }: Pick<Principal, 'kind' | 'id' | 'displayName'>,
  { dmPolicy, allowFrom }: WebchatSettings,
  now: number,
): SenderAdmission {
  const name = `${kind}:${id}`
  const envelope: Envelope = {
    conversation: { kind: 'dm', id: name },
    sender: { id: name, names: [], displayName },
    addressed: true,
  }
  const rules = {
    dmPolicy,
    allowFrom: senderList(allowFrom, entryKind),
    groupPolicy: 'disabled' as const,
    groups: NONE,
    groupAllowFrom: senderList([], entryKind),
  }
  return admitSender(envelope, { account: ACCOUNT, rules, approvals: LET_IN, now })
}

const NONE: ReadonlySet<string> = new Set()

/** Whoever writes here was let in by the gateway a moment ago: that is the approval which the policy `pairing` asks for. */
const LET_IN: Approvals = {
  find: (sender: SenderRef) => ({
    ...sender,
    via: 'code',
    entry: null,
    displayName: '',
    approvedBy: 'gateway',
    approvedAt: 0,
    expiresAt: null,
    ended: false,
  }),
  bearerOf: () => null,
}

export function entryKind(entry: string): EntryKind {
  return /^[a-z-]+:./.test(entry)
    ? { kind: 'id', id: entry }
    : { kind: 'invalid', problem: 'a visitor as whoami says them: device:<id> or user:<login>' }
}

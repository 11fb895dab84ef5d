/** People who write to the agents over a chat network: who may, who asks to, who is invited, and what is kept of it. Types only. */
import type { CodeMaker } from '../access/code-maker.ts'

/** One account of ours on one network. */
export interface AccountRef {
  /** `telegram`, `discord`, `whatsapp`. */
  readonly channel: string
  /** As the configuration names it; `default` where there is one. */
  readonly account: string
}

/** A person on a network, by the id that the network never gives to anybody else. */
export interface SenderRef extends AccountRef {
  /** As the network's own messages have it; never blank. */
  readonly id: string
}

/** What the network says of whoever wrote. Names change hands: they are shown, and decide nothing by themselves (R51). */
export interface SenderFacts {
  /** `''`: nobody in particular, like a group's anonymous administrator. */
  readonly id: string
  /** As they could stand in `allowFrom`: `nick`, `user#1234`. */
  readonly names: readonly string[]
  /** For people. */
  readonly displayName: string
}

/** How somebody came to be allowed. */
export type SenderVia =
  /** An operator approved the code. */
  | 'code'
  /** An operator let them in before they wrote, or they came with the code of an invitation. */
  | 'invite'
  /** An operator approved whoever bore a name of `allowFrom`: this id is that name from now on. */
  | 'name'

export interface SenderApproval extends SenderRef {
  readonly via: SenderVia
  /** The entry of `allowFrom` that this id is pinned to; `null` for other ways. Without the entry, the approval counts no more. */
  readonly entry: string | null
  readonly displayName: string
  /** `kind:id` of the operator. */
  readonly approvedBy: string
  /** Milliseconds since the epoch, as all times here. */
  readonly approvedAt: number
  /** `null` never. */
  readonly expiresAt: number | null
  /** It was seen to be over: a clock that is set back does not bring it back. */
  readonly ended: boolean
}

/** A stranger wrote, and was told a code. */
export interface SenderRequest extends SenderRef {
  readonly requestId: string
  /** Six characters, told to the stranger and read out to the owner. */
  readonly code: string
  readonly entry: string | null
  readonly names: readonly string[]
  readonly displayName: string
  /** The direct conversation that they asked in, as the network names it; `null`: not known. */
  readonly conversation: string | null
  readonly createdAt: number
  /** The reply with the code is on its way, and survives a restart. */
  readonly told: boolean
  /** An operator said no: the code is dead, and the stranger hears nothing new until the request is over. */
  readonly rejected: boolean
}

/** A code that lets in whoever sends it to the account, as often as it may be used (SPEC 14.6). */
export interface SenderInvitation extends AccountRef {
  readonly invitationId: string
  /** SHA-256 of the code, in hex: the code itself is shown once, and kept nowhere. */
  readonly digest: string
  /** Whom it is for, as an operator typed it: shown, and compared with nothing. */
  readonly label: string
  readonly uses: number
  /** Ids of those who came by it: nobody uses it twice, not even after they were revoked. */
  readonly usedBy: readonly string[]
  /** When what it gives ends; `null` never. */
  readonly approvalExpiresAt: number | null
  /** `kind:id` of the operator. */
  readonly createdBy: string
  readonly maker: CodeMaker
  readonly createdAt: number
  readonly expiresAt: number
  /** Cancelled, or seen to be past its end: by whatever clock, it stays so. */
  readonly ended: 'cancelled' | 'expired' | null
}

/** All that is written at once, or not at all. */
export interface SenderChange {
  readonly approvals?: readonly SenderApproval[]
  readonly revoked?: readonly SenderRef[]
  readonly requests?: readonly SenderRequest[]
  /** Ids of requests that are over. */
  readonly resolved?: readonly string[]
  readonly invitations?: readonly SenderInvitation[]
  /** Ids of invitations of which nothing is kept any more. */
  readonly forgotten?: readonly string[]
}

export interface SenderState {
  readonly approvals: readonly SenderApproval[]
  readonly requests: readonly SenderRequest[]
  readonly invitations: readonly SenderInvitation[]
}

/** Where senders survive a restart. Resolves when the change is on disk; rejects when it is not. */
export interface SenderStore {
  save(change: SenderChange): Promise<void>
}

/** Says which approval an id has: one lookup, however many there are. */
export interface Approvals {
  find(sender: SenderRef): SenderApproval | null
  /** The id that this name is pinned to, or that asks under it first; `null` when nobody does, or what they asked is over. */
  bearerOf(account: AccountRef, entry: string, now: number): string | null
}

/** Who may write on one account, as the configuration has it: lists of ids, kept apart for direct messages, groups and commands (R53). */

export type DmPolicy = 'pairing' | 'locked' | 'open' | 'disabled'
export type GroupPolicy = 'allowlist' | 'open' | 'disabled'

/** A list of senders: ids, names that are not pinned yet, and whether it says everybody. */
export interface SenderList {
  readonly ids: ReadonlySet<string>
  /** In lower case; they let nobody in by themselves (R51). */
  readonly names: ReadonlySet<string>
  readonly everybody: boolean
}

export interface SenderRules {
  readonly dmPolicy: DmPolicy
  readonly allowFrom: SenderList
  readonly groupPolicy: GroupPolicy
  /** Ids of groups in which the agent answers. */
  readonly groups: ReadonlySet<string>
  /** Who may speak to it there. */
  readonly groupAllowFrom: SenderList
}

/** How a network writes its senders: an id that it never gives away again, a name that it may, or nothing it knows. */
export type EntryKind =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'invalid'; readonly problem: string }

export const EVERYBODY = '*'

/** Entries that are none let nobody in: `validate` says so at the start (R14, R55). */
export function senderList(
  entries: readonly string[],
  kindOf: (entry: string) => EntryKind,
): SenderList {
  const ids = new Set<string>()
  const names = new Set<string>()
  for (const entry of entries) {
    if (entry === EVERYBODY) continue
    const kind = kindOf(entry)
    if (kind.kind === 'id') ids.add(kind.id)
    if (kind.kind === 'name') names.add(kind.name.toLowerCase())
  }
  return { ids, names, everybody: entries.includes(EVERYBODY) }
}

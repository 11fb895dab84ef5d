/** For tests: every situation a message can come in, as words, and what SPEC 5 says of each, read naively. */
import type { AdmitContext, Envelope, SenderAdmission, SenderReason } from './admit.ts'
import { approvalFor, NOW, TELEGRAM } from './desk.fixture.ts'
import type { DmPolicy, GroupPolicy, SenderList } from './rules.ts'
import type { SenderApproval } from './types.ts'

const CHOICES = {
  conversation: ['dm', 'group', 'broadcast'],
  addressed: ['yes', 'no'],
  id: ['42', '', ' \t'],
  dmPolicy: ['pairing', 'locked', 'open', 'disabled', 'friends', undefined],
  allowFrom: ['nobody', 'them', 'everybody', 'look-alikes'],
  approved: ['never', 'by code', 'by invite', 'by a listed name', 'by a name no longer listed'],
  end: ['none', 'later', 'now', 'past', 'seen to be over'],
  bears: ['no name', 'another name', 'a listed name', 'a listed name after another'],
} as const

const GROUP_CHOICES = {
  groupPolicy: ['allowlist', 'open', 'disabled', 'friends', undefined],
  group: ['listed', 'not listed', 'in the list of senders'],
  groupAllowFrom: ['nobody', 'them', 'everybody', 'look-alikes'],
} as const

type Of<Choices extends Record<string, readonly unknown[]>> = {
  readonly [Name in keyof Choices]: Choices[Name][number]
}
export type Situation = Of<typeof CHOICES> & Of<typeof GROUP_CHOICES>

/** All of them; what has to do with groups varies only where it is about one. */
export function* situations(): Generator<Situation> {
  const usual = { groupPolicy: 'open', group: 'listed', groupAllowFrom: 'everybody' } as const
  for (const one of combined(CHOICES)) {
    if (one.conversation === 'dm') yield { ...one, ...usual }
    else for (const group of combined(GROUP_CHOICES)) yield { ...one, ...group }
  }
}

function* combined<Choices extends Record<string, readonly unknown[]>>(
  choices: Choices,
): Generator<Of<Choices>> {
  const names = Object.keys(choices)
  const from = function* (at: number, chosen: object): Generator<Of<Choices>> {
    const name = names[at]
    if (name === undefined) {
      yield chosen as Of<Choices>
      return
    }
    for (const choice of choices[name] ?? []) yield* from(at + 1, { ...chosen, [name]: choice })
  }
  yield* from(0, {})
}

const GROUP = '-100'
const LISTED_NAME = 'alice'
const LOOK_ALIKES = ['042', '42 ', '420', '142', 'telegram:42', '4', '*42']

/** What the code is asked in this situation. */
export function questionIn(situation: Situation): readonly [Envelope, AdmitContext] {
  const approval = approvalIn(situation)
  const names = {
    'no name': [],
    'another name': ['bob'],
    'a listed name': ['bob', 'Alice'],
    'a listed name after another': ['ALICE'],
  }[situation.bears]
  const envelope = {
    conversation: {
      kind: situation.conversation as Envelope['conversation']['kind'],
      id: situation.conversation === 'dm' ? situation.id : GROUP,
    },
    sender: { id: situation.id, names, displayName: 'Alice' },
    addressed: situation.addressed === 'yes',
  }
  const other = situation.bears === 'a listed name after another' ? '7' : null
  return [
    envelope,
    {
      account: TELEGRAM,
      rules: {
        dmPolicy: situation.dmPolicy as DmPolicy,
        allowFrom: listOf(situation.allowFrom, situation.group),
        groupPolicy: situation.groupPolicy as GroupPolicy,
        groups: new Set(situation.group === 'listed' ? [GROUP] : ['-1000', '100']),
        groupAllowFrom: { ...listOf(situation.groupAllowFrom, situation.group) },
      },
      approvals: { find: () => approval, bearerOf: () => other },
      now: NOW,
    },
  ]
}

function approvalIn({ approved, end, id }: Situation): SenderApproval | null {
  const how = {
    never: null,
    'by code': { via: 'code', entry: null },
    'by invite': { via: 'invite', entry: null },
    'by a listed name': { via: 'name', entry: LISTED_NAME },
    'by a name no longer listed': { via: 'name', entry: 'former' },
  } as const
  const until = {
    none: { expiresAt: null },
    later: { expiresAt: NOW + 1 },
    now: { expiresAt: NOW },
    past: { expiresAt: NOW - 1 },
    // The clock was set back: it says that there is time left.
    'seen to be over': { expiresAt: NOW + 1, ended: true },
  }
  const means = how[approved]
  return means === null ? null : approvalFor(id, { ...means, ...until[end] })
}

function listOf(
  says: 'nobody' | 'them' | 'everybody' | 'look-alikes',
  group: Situation['group'],
): SenderList {
  const ids = says === 'them' ? ['42', '', ' \t'] : says === 'look-alikes' ? LOOK_ALIKES : []
  return {
    ids: new Set(group === 'in the list of senders' ? [...ids, GROUP] : ids),
    names: new Set([LISTED_NAME]),
    everybody: says === 'everybody',
  }
}

/** SPEC 5, sentence by sentence: the first that fits decides. */
export function expectedIn(situation: Situation): SenderAdmission {
  const { conversation, addressed, id } = situation
  if (addressed === 'no') return { kind: 'ignored' }
  if (id.trim() === '') return denied('sender_nameless')
  if (conversation === 'dm') return expectedInDm(situation)
  if (conversation === 'group') return expectedInGroup(situation)
  return denied('policy_unknown')
}

function expectedInDm({ dmPolicy, allowFrom, approved, end, bears }: Situation): SenderAdmission {
  const pairing = dmPolicy === 'pairing'
  const over = end === 'now' || end === 'past' || end === 'seen to be over'
  const byPairing = approved === 'by code' || approved === 'by invite'
  const counts = (byPairing && pairing) || approved === 'by a listed name'
  const sentences: readonly (readonly [boolean, SenderAdmission])[] = [
    [dmPolicy === 'disabled', denied('dm_disabled')],
    [dmPolicy === 'friends' || dmPolicy === undefined, denied('policy_unknown')],
    [allowFrom === 'them', { kind: 'allowed', via: 'allowFrom' }],
    [dmPolicy === 'open' && allowFrom === 'everybody', { kind: 'allowed', via: 'open' }],
    [counts && !over, { kind: 'allowed', via: 'approval' }],
    [bears === 'a listed name', { kind: 'asks', entry: LISTED_NAME }],
    [pairing, { kind: 'asks', entry: null }],
    [counts && over, denied('sender_approval_expired')],
  ]
  return sentences.find(([fits]) => fits)?.[1] ?? denied('sender_not_allowed')
}

function expectedInGroup({ groupPolicy, group, groupAllowFrom }: Situation): SenderAdmission {
  const heard = groupAllowFrom === 'them' || groupAllowFrom === 'everybody'
  const sentences: readonly (readonly [boolean, SenderAdmission])[] = [
    [groupPolicy === 'disabled', denied('group_disabled')],
    [groupPolicy === 'friends' || groupPolicy === undefined, denied('policy_unknown')],
    [groupPolicy === 'open', { kind: 'allowed', via: 'group' }],
    [group !== 'listed', denied('group_not_allowed')],
    [heard, { kind: 'allowed', via: 'group' }],
  ]
  return sentences.find(([fits]) => fits)?.[1] ?? denied('group_sender_not_allowed')
}

function denied(reason: SenderReason): SenderAdmission {
  return { kind: 'denied', reason }
}

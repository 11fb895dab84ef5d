/** Who may be heard: every situation against a naive reading of SPEC 5, and the lessons by name. */
import { describe, expect, test } from 'vitest'
import { unreachable } from '../core/never.ts'
import { admitSender, type Envelope } from './admit.ts'
import { expectedIn, questionIn, situations, type Situation } from './admit.fixture.ts'
import { SenderBook } from './book.ts'
import { approvalFor, NOW, TELEGRAM } from './desk.fixture.ts'
import { senderList, type EntryKind, type SenderRules } from './rules.ts'
import type { SenderApproval } from './types.ts'

test('in every situation the answer is that of SPEC 5', () => {
  const wrong: unknown[] = []
  const answers = new Set<string>()
  const count = { situations: 0 }
  for (const situation of situations()) {
    count.situations += 1
    const expected = JSON.stringify(expectedIn(situation))
    const found = JSON.stringify(admitSender(...questionIn(situation)))
    answers.add(expected)
    if (found !== expected && wrong.length < 5) wrong.push({ situation, expected, found })
  }
  expect(wrong).toEqual([])
  expect(count.situations).toBeGreaterThan(100_000)
  // The table is not blind: each answer there is came up.
  expect(answers.size).toBe(15)
})

/** Digits are ids, `@…` are names, anything else is nothing. */
function kindOf(entry: string): EntryKind {
  if (/^-?\d+$/.test(entry)) return { kind: 'id', id: entry }
  if (/^@\w+$/.test(entry)) return { kind: 'name', name: entry.slice(1) }
  return { kind: 'invalid', problem: 'neither' }
}

interface Rules {
  readonly dmPolicy?: SenderRules['dmPolicy']
  readonly allowFrom?: readonly string[]
  readonly groupPolicy?: SenderRules['groupPolicy']
  readonly groups?: readonly string[]
  readonly groupAllowFrom?: readonly string[]
}

function rulesOf(rules: Rules): SenderRules {
  return {
    dmPolicy: rules.dmPolicy ?? 'pairing',
    allowFrom: senderList(rules.allowFrom ?? [], kindOf),
    groupPolicy: rules.groupPolicy ?? 'allowlist',
    groups: new Set(rules.groups),
    groupAllowFrom: senderList(rules.groupAllowFrom ?? [], kindOf),
  }
}

function answer(
  rules: Rules,
  {
    id = '42',
    names = [],
    group = null,
  }: {
    readonly id?: string
    readonly names?: readonly string[]
    readonly group?: string | null
  } = {},
  approvals: readonly SenderApproval[] = [],
): string {
  const conversation: Envelope['conversation'] =
    group === null ? { kind: 'dm', id } : { kind: 'group', id: group }
  const admission = admitSender(
    { conversation, sender: { id, names, displayName: '' }, addressed: true },
    {
      account: TELEGRAM,
      rules: rulesOf(rules),
      approvals: new SenderBook({ approvals, requests: [], invitations: [] }),
      now: NOW,
    },
  )
  switch (admission.kind) {
    case 'allowed':
      return `allowed: ${admission.via}`
    case 'asks':
      return `asks: ${admission.entry ?? 'as nobody in particular'}`
    case 'denied':
      return admission.reason
    case 'ignored':
      return admission.kind
    default:
      return unreachable(admission)
  }
}

describe('R51: a name is no id', () => {
  const rules: Rules = { dmPolicy: 'locked', allowFrom: ['@Alice'] }
  test('whoever bears it first asks under it, in any case', () => {
    expect(answer(rules, { names: ['ALICE'] })).toBe('asks: alice')
  })
  test('the id that it is pinned to is let in under whatever name', () => {
    const pinned = approvalFor('42', { via: 'name', entry: 'alice' })
    expect(answer(rules, { names: ['renamed'] }, [pinned])).toBe('allowed: approval')
  })
  test('another who bears it afterwards is not even asked about', () => {
    const pinned = approvalFor('42', { via: 'name', entry: 'alice' })
    expect(answer(rules, { id: '7', names: ['alice'] }, [pinned])).toBe('sender_not_allowed')
  })
  test('once the entry is gone, so is what was pinned to it', () => {
    const pinned = approvalFor('42', { via: 'name', entry: 'alice' })
    expect(answer({ dmPolicy: 'locked' }, { names: ['alice'] }, [pinned])).toBe(
      'sender_not_allowed',
    )
  })
  test('the name shown to people is nothing at all', () => {
    const [envelope, context] = questionIn({
      ...LOCKED_STRANGER,
      bears: 'no name',
    })
    const shown = { ...envelope, sender: { ...envelope.sender, displayName: 'alice' } }
    expect(admitSender(shown, context)).toEqual({ kind: 'denied', reason: 'sender_not_allowed' })
  })
  test.each(['alice', '@alice'])('an id that reads like the name (%s) is not the name', (id) => {
    expect(answer(rules, { id })).toBe('sender_not_allowed')
  })
  test('a name opens no group', () => {
    const group: Rules = { groups: ['-100'], groupAllowFrom: ['@alice'] }
    expect(answer(group, { names: ['alice'], group: '-100' })).toBe('group_sender_not_allowed')
  })
})

const LOCKED_STRANGER: Situation = {
  conversation: 'dm',
  addressed: 'yes',
  id: '42',
  dmPolicy: 'locked',
  allowFrom: 'nobody',
  approved: 'never',
  end: 'none',
  bears: 'another name',
  groupPolicy: 'allowlist',
  group: 'not listed',
  groupAllowFrom: 'nobody',
}

describe('R52: ids match exactly', () => {
  test.each([
    ['420', '42'],
    ['142', '42'],
    ['42', '042'],
    ['42', '142'],
    ['42', '-42'],
    ['42 ', '42'],
    ['telegram:42', '42'],
  ])('%s in the list is not %s', (listed, id) => {
    expect(answer({ dmPolicy: 'locked', allowFrom: [listed] }, { id })).toBe('sender_not_allowed')
  })
  test('upper and lower case of an id are two', () => {
    const rules = rulesOf({ dmPolicy: 'locked' })
    const allowFrom = { ids: new Set(['aBc']), names: new Set<string>(), everybody: false }
    const heard = (id: string) =>
      admitSender(
        {
          conversation: { kind: 'dm', id },
          sender: { id, names: [], displayName: '' },
          addressed: true,
        },
        {
          account: TELEGRAM,
          rules: { ...rules, allowFrom },
          approvals: new SenderBook({ approvals: [], requests: [], invitations: [] }),
          now: NOW,
        },
      ).kind
    expect([heard('aBc'), heard('abc'), heard('ABC')]).toEqual(['allowed', 'denied', 'denied'])
  })
  test.each(['', ' ', '\t\n'])(
    'a blank id (%j) is nobody, also where everybody may write',
    (id) => {
      const open: Rules = {
        dmPolicy: 'open',
        allowFrom: ['*'],
        groupPolicy: 'open',
        groupAllowFrom: ['*'],
      }
      expect(answer(open, { id })).toBe('sender_nameless')
      expect(answer(open, { id, group: '-100' })).toBe('sender_nameless')
    },
  )
  test("a group's id in a list of senders lets nobody in, and a sender's opens no group", () => {
    const rules: Rules = {
      dmPolicy: 'locked',
      allowFrom: ['-100'],
      groups: ['42'],
      groupAllowFrom: ['-100'],
    }
    expect(answer(rules)).toBe('sender_not_allowed')
    expect(answer(rules, { group: '-100' })).toBe('group_not_allowed')
  })
  test('an approval is for one account of one network', () => {
    const elsewhere = [
      approvalFor('42', { account: 'second' }),
      approvalFor('42', { channel: 'discord' }),
    ]
    expect(answer({}, {}, elsewhere)).toBe('asks: as nobody in particular')
  })
  test('an entry that is none lets nobody in', () => {
    const list = senderList(['', ' ', 'everybody', '**', '4 2'], kindOf)
    expect(list).toEqual({ ids: new Set(), names: new Set(), everybody: false })
  })
})

describe('R53: lists are apart, and policies do not lend each other their approvals', () => {
  test.each(['code', 'invite', 'name'] as const)('a DM approval (%s) opens no group', (via) => {
    const approval = approvalFor('42', { via, entry: via === 'name' ? 'alice' : null })
    const rules: Rules = { allowFrom: ['@alice', '42'] }
    expect(answer(rules, { group: '-100' }, [approval])).toBe('group_not_allowed')
    expect(answer({ ...rules, groups: ['-100'] }, { group: '-100' }, [approval])).toBe(
      'group_sender_not_allowed',
    )
  })
  test('whoever may speak in a group is a stranger in direct messages', () => {
    const rules: Rules = { dmPolicy: 'locked', groups: ['-100'], groupAllowFrom: ['42', '*'] }
    expect(answer(rules)).toBe('sender_not_allowed')
  })
  test.each(['code', 'invite'] as const)('an approval by %s counts under pairing alone', (via) => {
    const approved = [approvalFor('42', { via })]
    expect(answer({ dmPolicy: 'pairing' }, {}, approved)).toBe('allowed: approval')
    expect(answer({ dmPolicy: 'locked' }, {}, approved)).toBe('sender_not_allowed')
    expect(answer({ dmPolicy: 'open' }, {}, approved)).toBe('sender_not_allowed')
    expect(answer({ dmPolicy: 'disabled' }, {}, approved)).toBe('dm_disabled')
  })
})

describe('R54: everybody', () => {
  test('`*` counts in `open` alone', () => {
    const answers = (['open', 'pairing', 'locked', 'disabled'] as const).map((dmPolicy) =>
      answer({ dmPolicy, allowFrom: ['*'] }),
    )
    expect(answers).toEqual([
      'allowed: open',
      'asks: as nobody in particular',
      'sender_not_allowed',
      'dm_disabled',
    ])
  })
  test('`open` without it lets nobody in', () => {
    expect(answer({ dmPolicy: 'open' })).toBe('sender_not_allowed')
  })
  test('a sender whose id is a star is not everybody', () => {
    expect(answer({ dmPolicy: 'locked', allowFrom: ['*'] }, { id: '*' })).toBe('sender_not_allowed')
  })
})

test.each(['friends', '', 'PAIRING', undefined, null])(
  'R55: a policy that nobody knows (%j) lets nobody in, listed or approved',
  (policy) => {
    const [envelope, context] = questionIn({ ...LOCKED_STRANGER, allowFrom: 'them' })
    const rules = { ...context.rules, dmPolicy: policy as SenderRules['dmPolicy'] }
    expect(admitSender(envelope, { ...context, rules })).toEqual({
      kind: 'denied',
      reason: 'policy_unknown',
    })
  },
)

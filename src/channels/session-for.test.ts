/** Which conversation a message belongs to: nobody meets whom the scope does not join. */
import { describe, expect, test } from 'vitest'
import { chooseSession, MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import { agentList } from '../agents/index.ts'
import { puppet } from '../agents/live-runs.fixture.ts'
import type { AccountRef } from '../senders/types.ts'
import { sessionFor, type DmScope, type DmSessions } from './session-for.ts'

const ACCOUNTS: readonly AccountRef[] = [
  { channel: 'telegram', account: 'default' },
  { channel: 'telegram', account: 'second' },
  { channel: 'discord', account: 'default' },
  { channel: 'whatsapp', account: 'default' },
]
/** Ids that would meet if they were pasted together, cut or written in one case. */
const IDS = [
  '42',
  '43',
  '4',
  '-42',
  'a:b',
  'a',
  'A',
  'main',
  'dm:42',
  'group:42',
  'person:anna',
  'a=3ab',
  'a b',
  'ä',
  'second:dm:42',
  '\n42',
  'x'.repeat(300),
  `${'x'.repeat(299)}y`,
]

interface Wrote {
  readonly at: AccountRef
  readonly from: string
  readonly group: string | null
}

const EVERYBODY: readonly Wrote[] = ACCOUNTS.flatMap((at) =>
  IDS.flatMap((id): Wrote[] => [
    { at, from: id, group: null },
    { at, from: '42', group: id },
    { at, from: '7', group: id },
  ]),
)

function keyOf(
  { at, from, group }: Wrote,
  dmScope: string,
  links: DmSessions['identityLinks'] = {},
) {
  const conversation =
    group === null ? ({ kind: 'dm', id: from } as const) : ({ kind: 'group', id: group } as const)
  return sessionFor(at, conversation, from, {
    dmScope: dmScope as DmScope,
    identityLinks: links,
  })
}

/** SPEC 5 and R56: what two messages must have in common to be one conversation. */
function togetherness({ at, from, group }: Wrote, dmScope: string): string {
  if (group !== null) return JSON.stringify(['group', at.channel, at.account, group])
  const account = dmScope === 'per-peer' || dmScope === 'per-channel-peer' ? null : at.account
  return dmScope === 'main' ? 'main' : JSON.stringify(['dm', at.channel, account, from])
}

// A scope that nobody knows joins nobody (R55).
test.each(['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer', 'friends', ''])(
  'with %j exactly those share a conversation who should (R56)',
  (dmScope) => {
    const known = dmScope === 'friends' || dmScope === '' ? 'per-account-channel-peer' : dmScope
    const wrong = EVERYBODY.flatMap((one) =>
      EVERYBODY.filter(
        (other) =>
          (keyOf(one, dmScope) === keyOf(other, dmScope)) !==
          (togetherness(one, known) === togetherness(other, known)),
      ).map((other) => [one, other]),
    )
    expect(wrong).toEqual([])
  },
)

test('a group is no direct message, whatever the scope', () => {
  for (const dmScope of ['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer']) {
    const groups = EVERYBODY.filter(({ group }) => group !== null).map((one) => keyOf(one, dmScope))
    const direct = EVERYBODY.filter(({ group }) => group === null).map((one) => keyOf(one, dmScope))
    expect(groups.filter((key) => direct.includes(key))).toEqual([])
  }
})

test('every key is one that a conversation may have', () => {
  const agents = agentList(puppet('main').agent)
  for (const dmScope of ['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'])
    for (const one of EVERYBODY) {
      const sessionKey = `agent:main:${keyOf(one, dmScope)}`
      expect(sessionKey.length).toBeLessThanOrEqual(MAX_SESSION_KEY_LENGTH)
      expect(chooseSession({ sessionKey, agentId: null }, agents)).toMatchObject({ sessionKey })
    }
})

describe('links', () => {
  const links = { anna: ['telegram:42', 'discord:4711'], bert: ['telegram:43'] }
  const telegram = { channel: 'telegram', account: 'default' }
  const discord = { channel: 'discord', account: 'default' }
  const anna = { at: telegram, from: '42', group: null }
  const annaToo = { at: discord, from: '4711', group: null }
  const stranger = { at: discord, from: '42', group: null }

  test('join the senders that a person is, under `per-peer`', () => {
    expect(keyOf(anna, 'per-peer', links)).toBe(keyOf(annaToo, 'per-peer', links))
    expect(keyOf(stranger, 'per-peer', links)).not.toBe(keyOf(anna, 'per-peer', links))
    const bert = { at: telegram, from: '43', group: null }
    expect(keyOf(bert, 'per-peer', links)).not.toBe(keyOf(anna, 'per-peer', links))
  })
  test('join nothing under a narrower scope, nor a group', () => {
    for (const scope of ['per-channel-peer', 'per-account-channel-peer', 'friends'])
      expect(keyOf(anna, scope, links)).not.toBe(keyOf(annaToo, scope, links))
    const group = { ...anna, group: '-100' }
    expect(keyOf(group, 'per-peer', links)).toBe(keyOf(group, 'per-peer'))
  })
  test('match exactly: no part, no other case, no other network', () => {
    for (const from of ['4', '420', ' 42', '42 ', '042'])
      expect(keyOf({ ...anna, from }, 'per-peer', links)).toBe(keyOf({ ...anna, from }, 'per-peer'))
  })
  test('a person of whatever name is nobody who is not linked', () => {
    const sly = { 'telegram:42': ['discord:1'], '42': ['discord:2'], x: ['discord:3'] }
    const keys = ['1', '2', '3'].map((from) =>
      keyOf({ at: discord, from, group: null }, 'per-peer', sly),
    )
    expect(new Set([...keys, keyOf(anna, 'per-peer', sly)]).size).toBe(4)
  })
})

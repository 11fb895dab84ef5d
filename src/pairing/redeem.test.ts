/** Setup codes: made by an administrator alone, used once, by one device, within ten minutes. */
import { expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import type { PairingDesk } from './desk.ts'
import {
  BY_OWNER,
  byToken,
  heldBy,
  HELPER,
  idOf,
  LAPTOP,
  OWNER,
  pair,
  PHONE,
  requestOf,
  wish,
} from './people.fixture.ts'
import { makeSetupCode, redeem } from './redeem.ts'
import { revoke } from './manage.ts'
import { MOST_SETUP_CODES } from './setup-code.ts'

const MINUTE = 60_000

async function codeOf(desk: PairingDesk, access: 'full' | 'limited' | 'node' = 'limited') {
  const made = await makeSetupCode(desk, access, OWNER, BY_OWNER)
  if (made.kind !== 'made') throw new Error(made.scope)
  return made
}

test.each([
  ['node', ['node:']],
  ['limited', ['node:', 'operator: operator.read operator.write operator.approvals']],
  ['full', ['node:', 'operator: operator.read operator.write operator.approvals operator.admin']],
] as const)('%s gives %j', async (access, held) => {
  const { desk } = memoryDesk()
  const { token } = await codeOf(desk, access)
  expect((await redeem(desk, token.digest(), wish({ role: 'node' }))).kind).toBe('redeemed')
  expect(heldBy(desk)).toEqual(held)
  expect(desk.book.find(PHONE)?.approvedVia).toBe('bootstrap')
})

test('a second use is none, not even by the same device', async () => {
  const { desk } = memoryDesk()
  const { token } = await codeOf(desk)
  await redeem(desk, token.digest(), wish({ role: 'node' }))
  for (const device of [PHONE, LAPTOP])
    expect(await redeem(desk, token.digest(), wish({ device, role: 'node' }))).toEqual({
      kind: 'gone',
    })
  expect(desk.book.find(LAPTOP)).toBeNull()
})

test('of two at once exactly one wins', async () => {
  const { desk } = memoryDesk()
  const { token } = await codeOf(desk)
  const answers = await Promise.all(
    [PHONE, LAPTOP].map((device) => redeem(desk, token.digest(), wish({ device, role: 'node' }))),
  )
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['gone', 'redeemed'])
  expect(desk.book.devices()).toHaveLength(1)
})

test.each([
  [10 * MINUTE - 1, 'redeemed'],
  [10 * MINUTE, 'gone'],
  [-10 * MINUTE, 'redeemed'],
  [-10 * MINUTE - 1, 'gone'],
])('when the clock has moved by %d ms it is %s', async (byMs, kind) => {
  const time = { now: 1_800_000_000_000 }
  const { desk } = memoryDesk({ clock: () => time.now })
  const { token } = await codeOf(desk)
  time.now += byMs
  expect((await redeem(desk, token.digest(), wish({ role: 'node' }))).kind).toBe(kind)
})

test.each(['full', 'limited', 'node'] as const)(
  'nobody but an administrator makes a code for %s (R17)',
  async (access) => {
    const { desk, written } = memoryDesk()
    const all = [
      'operator.read',
      'operator.write',
      'operator.approvals',
      'operator.pairing',
    ] as const
    const answer = await makeSetupCode(desk, access, { ...HELPER, scopes: all }, BY_OWNER)
    expect(answer).toEqual({ kind: 'missing-scope', scope: 'operator.admin' })
    expect(written).toEqual([])
  },
)

test('what the device asks for is over with it, and what it had in other roles stays', async () => {
  const { desk } = memoryDesk()
  await pair(desk, { role: 'webchat', scopes: [] })
  const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
  const { token } = await codeOf(desk, 'node')
  await redeem(desk, token.digest(), wish({ role: 'node' }))
  expect(desk.book.request(requestId)).toBeNull()
  expect(heldBy(desk)).toEqual(['webchat:', 'node:'])
})

test('a device that was revoked comes back by a code, in the roles of the code', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await pair(desk, { role: 'node', scopes: [] })
  await revoke(desk, { deviceId: PHONE, role: 'operator' }, OWNER)
  await revoke(desk, { deviceId: PHONE, role: 'node' }, OWNER)
  const { token } = await codeOf(desk, 'node')
  await redeem(desk, token.digest(), wish({ role: 'node' }))
  expect(desk.book.find(PHONE)?.barred).toEqual(['operator'])
})

test('a code gives no longer than its maker has, and nothing once that is over (R11)', async () => {
  const time = { now: 1_000_000 }
  const { desk } = memoryDesk({ clock: () => time.now })
  await pair(desk, { device: LAPTOP, scopes: ['operator.admin'], expiresAt: 1_200_000 })
  const maker = byToken(LAPTOP, 'operator.admin')
  const codes = [
    await makeSetupCode(desk, 'node', maker, BY_OWNER),
    await makeSetupCode(desk, 'node', maker, BY_OWNER),
  ]
  const [first = '', second = ''] = codes.map((one) => one.kind === 'made' && one.token.digest())
  await redeem(desk, String(first), wish({ role: 'node' }))
  expect(desk.book.find(PHONE)?.grants).toMatchObject([{ role: 'node', expiresAt: 1_200_000 }])
  time.now = 1_200_000
  const late = await redeem(desk, String(second), wish({ device: idOf('late'), role: 'node' }))
  expect(late).toEqual({ kind: 'gone' })
  expect(await makeSetupCode(desk, 'node', maker, BY_OWNER)).toMatchObject({
    kind: 'missing-scope',
  })
})

test('beyond the most there may be, the oldest code ends', async () => {
  const { desk } = memoryDesk()
  const first = await codeOf(desk)
  for (let more = 0; more < MOST_SETUP_CODES; more += 1) await codeOf(desk)
  expect(desk.book.findSetupCode(first.code.digest)).toBeNull()
  expect(desk.book.setupCodes()).toHaveLength(MOST_SETUP_CODES)
})

test('what is written holds its digest and not the code', async () => {
  const { desk, written } = memoryDesk()
  const { token } = await codeOf(desk)
  expect(JSON.stringify(written)).toContain(token.digest())
  expect(JSON.stringify(written)).not.toContain(token.reveal())
})

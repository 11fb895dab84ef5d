/** What becomes of approved devices: rotated, revoked, removed, renamed, and by whom. */
import { describe, expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { confirm, issued, remove, rename, revoke, rotate, tokenFor } from './manage.ts'
import {
  BY_OWNER,
  byToken,
  heldBy,
  HELPER,
  LAPTOP,
  OWNER,
  pair,
  PHONE,
  requestOf,
} from './people.fixture.ts'
import { makeSetupCode } from './redeem.ts'
import { DeviceTokens } from './tokens.ts'
import { PairingDesk } from './desk.ts'

const OPERATOR = { deviceId: PHONE, role: 'operator' as const }

/** Live tokens of the phone: what was handed out, and whether it still holds. */
function live(desk: PairingDesk, ...digests: readonly (string | undefined)[]): readonly boolean[] {
  return digests.map((digest) => desk.book.findToken(digest ?? '') !== null)
}

function digestNow(desk: PairingDesk): string {
  const known = issued(desk, PHONE, 'operator')
  if (known === null || known === 'lost') throw new Error('there is no token')
  return known.token.digest()
}

describe('rotating', () => {
  test('makes a second token; the first holds until the second was used, and then never again (R47)', async () => {
    const { desk } = memoryDesk()
    await pair(desk)
    const old = digestNow(desk)
    await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)
    const fresh = digestNow(desk)
    expect(live(desk, old, fresh)).toEqual([true, true])
    await confirm(desk, PHONE, 'operator')
    expect(live(desk, old, fresh)).toEqual([false, true])
  })

  test('twice before either was used leaves all three, and the use of the last ends the others', async () => {
    const { desk } = memoryDesk()
    await pair(desk)
    const old = digestNow(desk)
    await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)
    const between = digestNow(desk)
    await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)
    const last = digestNow(desk)
    expect(live(desk, old, between, last)).toEqual([true, true, true])
    await confirm(desk, PHONE, 'operator')
    expect(live(desk, old, between, last)).toEqual([false, false, true])
  })

  test('tells the token to the device itself and to nobody else (R13)', async () => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.read', 'operator.pairing'] })
    expect(await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)).toMatchObject({ token: null })
    const own = byToken(PHONE, 'operator.read', 'operator.pairing')
    const answer = await rotate(desk, { ...OPERATOR, scopes: null }, own)
    expect(answer.kind === 'rotated' && answer.token?.digest()).toBe(digestNow(desk))
  })

  test.each([OWNER, byToken(PHONE, 'operator.admin')])(
    'ends the connections of that role, its own too: they came with another token and maybe more scopes',
    async (actor) => {
      const { desk, events } = memoryDesk()
      await pair(desk)
      await rotate(desk, { ...OPERATOR, scopes: [] }, actor)
      expect(events.at(-1)).toEqual({ kind: 'cut', ...OPERATOR })
    },
  )

  test('never gives more than was approved (R13)', async () => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.write'] })
    const wider = { ...OPERATOR, scopes: ['operator.tools' as const] }
    expect(await rotate(desk, wider, OWNER)).toEqual({ kind: 'denied' })
    expect(heldBy(desk)).toEqual(['operator: operator.write'])
  })

  test('to fewer scopes bars the device from getting them back unasked (R15)', async () => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.write'] })
    await rotate(desk, { ...OPERATOR, scopes: ['operator.read'] }, OWNER)
    expect(heldBy(desk)).toEqual(['operator: operator.read'])
    expect(desk.book.find(PHONE)?.barred).toEqual(['operator'])
  })

  test('to the same scopes bars nothing', async () => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.write'] })
    await rotate(desk, { ...OPERATOR, scopes: ['operator.write', 'operator.read'] }, OWNER)
    expect(desk.book.find(PHONE)?.barred).toEqual([])
  })

  test.each([
    ['an unknown device', { deviceId: LAPTOP, role: 'operator' as const }, OWNER],
    ['a role that it has not', { deviceId: PHONE, role: 'node' as const }, OWNER],
    ['more than the caller holds', OPERATOR, { ...HELPER, scopes: ['operator.pairing' as const] }],
    ['by the token of another device', OPERATOR, byToken(LAPTOP, 'operator.read')],
  ])('%s is denied, in the same words', async (_what, place, actor) => {
    const { desk } = memoryDesk()
    await pair(desk)
    expect(await rotate(desk, { ...place, scopes: null }, actor)).toEqual({ kind: 'denied' })
  })

  test('an approval that is over is denied', async () => {
    const time = { now: 1_000 }
    const { desk } = memoryDesk({ clock: () => time.now })
    await pair(desk, { expiresAt: 2_000 })
    time.now = 2_000
    expect(await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)).toEqual({ kind: 'denied' })
  })
})

describe('confirming', () => {
  test('has what the old token opened judged again', async () => {
    const { desk, events } = memoryDesk()
    await pair(desk)
    await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)
    await confirm(desk, PHONE, 'operator')
    expect(events.at(-1)).toEqual({ kind: 'retired', deviceId: PHONE })
  })

  test('what needs no confirming writes nothing', async () => {
    const { desk, written } = memoryDesk()
    await pair(desk)
    const before = written.length
    await confirm(desk, PHONE, 'operator')
    await confirm(desk, PHONE, 'node')
    await confirm(desk, LAPTOP, 'operator')
    expect(written).toHaveLength(before)
  })
})

describe('revoking', () => {
  test('takes the role and its tokens, ends its connections and what it asks for', async () => {
    const { desk, events } = memoryDesk()
    await pair(desk)
    await pair(desk, { role: 'node', scopes: [] })
    const token = digestNow(desk)
    const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
    expect((await revoke(desk, OPERATOR, OWNER)).kind).toBe('revoked')
    expect(heldBy(desk)).toEqual(['node:'])
    expect(live(desk, token)).toEqual([false])
    expect(desk.book.find(PHONE)?.barred).toEqual(['operator'])
    expect(events.slice(-2)).toEqual([
      { kind: 'cut', ...OPERATOR },
      { kind: 'resolved', requestId, deviceId: PHONE, decision: 'rejected' },
    ])
  })

  test.each([
    ['a role that it has not', { deviceId: PHONE, role: 'node' as const }, OWNER],
    ['an unknown device', { deviceId: LAPTOP, role: 'operator' as const }, OWNER],
    ['more than the caller holds', OPERATOR, HELPER],
    ['by the token of another device', OPERATOR, byToken(LAPTOP, 'operator.write')],
  ])('%s is denied, in the same words', async (_what, place, actor) => {
    const { desk } = memoryDesk()
    await pair(desk, { scopes: ['operator.write'] })
    expect(await revoke(desk, place, actor)).toEqual({ kind: 'denied' })
    expect(heldBy(desk)).toEqual(['operator: operator.write'])
  })

  test.each(['revoked', 'removed', 'no administrator any more'])(
    'the setup codes of a device that was %s open nothing any more',
    async (how) => {
      const { desk } = memoryDesk()
      await pair(desk, { scopes: ['operator.admin'] })
      const made = await makeSetupCode(desk, 'full', byToken(PHONE, 'operator.admin'), BY_OWNER)
      const other = await makeSetupCode(desk, 'full', OWNER, BY_OWNER)
      if (made.kind !== 'made' || other.kind !== 'made') throw new Error('no code')
      if (how === 'revoked') await revoke(desk, OPERATOR, OWNER)
      else if (how === 'removed') await remove(desk, PHONE, OWNER)
      else await rotate(desk, { ...OPERATOR, scopes: ['operator.pairing'] }, OWNER)
      expect(desk.book.findSetupCode(made.code.digest)).toBeNull()
      expect(desk.book.findSetupCode(other.code.digest)).not.toBeNull()
    },
  )
})

describe('removing', () => {
  test('leaves nothing but that it was removed, and ends all its connections', async () => {
    const { desk, events } = memoryDesk()
    await pair(desk)
    expect(await remove(desk, PHONE, OWNER)).toEqual({ kind: 'done' })
    expect(desk.book.devices()).toEqual([])
    expect(desk.book.find(PHONE)).toMatchObject({ grants: [], barred: ['operator'] })
    expect(events.at(-1)).toEqual({ kind: 'cut', deviceId: PHONE, role: null })
  })

  test('drops the request of a device that was never approved', async () => {
    const { desk } = memoryDesk()
    const requestId = await requestOf(desk)
    expect(await remove(desk, PHONE, HELPER)).toEqual({ kind: 'done' })
    expect(desk.book.request(requestId)).toBeNull()
  })

  test('a second time there is nothing to remove', async () => {
    const { desk } = memoryDesk()
    await pair(desk)
    await remove(desk, PHONE, OWNER)
    expect(await remove(desk, PHONE, OWNER)).toEqual({ kind: 'unknown' })
  })
})

describe('managing by a device token', () => {
  const own = byToken(PHONE, 'operator.read', 'operator.pairing')
  const jobs = {
    remove: (desk: PairingDesk, deviceId: string) => remove(desk, deviceId, own),
    rename: (desk: PairingDesk, deviceId: string) => rename(desk, { deviceId, label: 'x' }, own),
  }

  test.each(['remove', 'rename'] as const)('a device may %s itself', async (job) => {
    const { desk } = memoryDesk()
    await pair(desk)
    expect(await jobs[job](desk, PHONE)).toEqual({ kind: 'done' })
  })

  test.each(['remove', 'rename'] as const)('but not %s itself as a node', async (job) => {
    const { desk } = memoryDesk()
    await pair(desk)
    await pair(desk, { role: 'node', scopes: [] })
    expect(await jobs[job](desk, PHONE)).toEqual({ kind: 'denied' })
  })

  test.each(['remove', 'rename'] as const)(
    'and %s no other, which sounds as if there were none (R13)',
    async (job) => {
      const { desk } = memoryDesk()
      await pair(desk, { device: LAPTOP })
      expect(await jobs[job](desk, LAPTOP)).toEqual({ kind: 'denied' })
      expect(await jobs[job](desk, 'nobody')).toEqual({ kind: 'denied' })
    },
  )
})

test('a new name stays when the device is approved for more', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await rename(desk, { deviceId: PHONE, label: 'the phone' }, HELPER)
  expect((await pair(desk, { scopes: ['operator.write'] })).name).toBe('the phone')
})

describe('the token that is handed out', () => {
  test('is the same at every connect, and nothing is written for it', async () => {
    const { desk, written } = memoryDesk()
    await pair(desk)
    const before = written.length
    const first = await tokenFor(desk, PHONE, 'operator')
    expect(await tokenFor(desk, PHONE, 'operator')).toEqual(first)
    expect(written).toHaveLength(before)
  })

  test('is none for a role that it has not, and none for an approval that is over', async () => {
    const time = { now: 1_000 }
    const { desk } = memoryDesk({ clock: () => time.now })
    await pair(desk, { expiresAt: 2_000 })
    expect(await tokenFor(desk, PHONE, 'node')).toBeNull()
    time.now = 2_000
    expect(await tokenFor(desk, PHONE, 'operator')).toBeNull()
  })

  test('is made anew where the key of the state dir was lost; the old one holds until then', async () => {
    const { desk } = memoryDesk()
    const device = await pair(desk)
    const old = digestNow(desk)
    const other = new PairingDesk({
      saved: { devices: [device], requests: [], setupCodes: [] },
      store: { save: async () => {} },
      tokens: new DeviceTokens(Buffer.alloc(32, 8)),
      rules: desk.rules,
      clock: desk.clock,
      announce: () => {},
    })
    expect(issued(other, PHONE, 'operator')).toBe('lost')
    const made = await tokenFor(other, PHONE, 'operator')
    expect(made?.token.digest()).not.toBe(old)
    expect(live(other, old, made?.token.digest())).toEqual([true, true])
  })
})

test('tools are not taken from a device that may still write: nobody is told that they are gone', async () => {
  const { desk } = memoryDesk()
  await pair(desk, { scopes: ['operator.write', 'operator.tools'] })
  const rotation = { deviceId: PHONE, role: 'operator' as const }
  const half = await rotate(desk, { ...rotation, scopes: ['operator.write'] }, OWNER)
  expect(half.kind).toBe('denied')
  const both = await rotate(desk, { ...rotation, scopes: ['operator.read'] }, OWNER)
  expect(both).toMatchObject({ kind: 'rotated', scopes: ['operator.read'] })
})

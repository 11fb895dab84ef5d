/** The desk on a disk that takes nothing, and with everybody at once. */
import { describe, expect, test } from 'vitest'
import { memoryDesk } from './desk.fixture.ts'
import { confirm, remove, rename, revoke, rotate } from './manage.ts'
import { memoryMedium } from './model-media.fixture.ts'
import {
  BY_OWNER,
  byToken,
  heldBy,
  idOf,
  LAPTOP,
  OWNER,
  pair,
  PHONE,
  requestOf,
  wish,
} from './people.fixture.ts'
import { makeSetupCode, redeem } from './redeem.ts'
import { approve, approveUnasked, ask, reject } from './resolve.ts'
import type { PairingChange } from './types.ts'

const OPERATOR = { deviceId: PHONE, role: 'operator' as const }
const FULL = new Error('the disk is full')

/** A desk over a disk that can be full. */
function fragile() {
  const disk = { full: false }
  const medium = memoryMedium()
  const write = async (change: PairingChange): Promise<void> => {
    if (disk.full) throw FULL
    await medium.save(change)
  }
  return { ...memoryDesk({ write }), disk, medium }
}

describe('on a full disk', () => {
  test.each(['approve', 'unasked', 'ask', 'rotate', 'redeem', 'confirm'])(
    '%s gives nothing, tells nobody, and says so; later it works',
    async (what) => {
      const { desk, disk, events } = fragile()
      await pair(desk)
      await rotate(desk, { ...OPERATOR, scopes: null }, OWNER)
      const requestId = await requestOf(desk, { device: LAPTOP })
      const code = await makeSetupCode(desk, 'node', OWNER, BY_OWNER)
      const digest = code.kind === 'made' ? code.token.digest() : ''
      const jobs: Record<string, () => Promise<unknown>> = {
        approve: () => approve(desk, { requestId, expiresAt: null }, OWNER),
        unasked: () => approveUnasked(desk, wish({ device: LAPTOP }), 'gateway:unasked'),
        ask: () => ask(desk, wish({ device: idOf('tablet'), scopes: ['operator.admin'] })),
        rotate: () => rotate(desk, { ...OPERATOR, scopes: null }, OWNER),
        redeem: () => redeem(desk, digest, wish({ device: LAPTOP, role: 'node' })),
        confirm: () => confirm(desk, PHONE, 'operator'),
      }
      const before = JSON.stringify([
        desk.book.devices(),
        desk.book.requests(),
        desk.book.setupCodes(),
      ])
      const told = events.length
      disk.full = true
      await expect(jobs[what]?.()).rejects.toBe(FULL)
      const after = JSON.stringify([
        desk.book.devices(),
        desk.book.requests(),
        desk.book.setupCodes(),
      ])
      expect(after).toBe(before)
      expect(events).toHaveLength(told)

      disk.full = false
      await jobs[what]?.()
      const later = JSON.stringify([
        desk.book.devices(),
        desk.book.requests(),
        desk.book.setupCodes(),
      ])
      expect(later).not.toBe(before)
    },
  )

  const takeaways = {
    revoke: (desk: ReturnType<typeof fragile>['desk']) => revoke(desk, OPERATOR, OWNER),
    remove: (desk: ReturnType<typeof fragile>['desk']) => remove(desk, PHONE, OWNER),
  }
  describe.each(['revoke', 'remove'] as const)('%s', (what) => {
    test('is in force at once, and says that a restart would undo it', async () => {
      const { desk, disk, events } = fragile()
      await pair(desk)
      disk.full = true
      await expect(takeaways[what](desk)).rejects.toBe(FULL)
      expect(heldBy(desk)).toEqual([])
      expect(events.at(-1)).toMatchObject({ kind: 'cut', deviceId: PHONE })
    })

    test.each(['anything else that is written', 'the next flush', 'trying again'])(
      'is written by %s once there is room',
      async (how) => {
        const { desk, disk, medium } = fragile()
        await pair(desk)
        disk.full = true
        await takeaways[what](desk).catch(() => {})
        disk.full = false
        if (how.startsWith('anything')) await requestOf(desk, { device: LAPTOP })
        else if (how === 'the next flush') await desk.flush()
        else await takeaways[what](desk)
        const { devices } = await medium.reopen()
        expect(devices).toMatchObject([{ id: PHONE, grants: [], barred: ['operator'] }])
      },
    )

    test('of a second device is in force too, and both are written in the end', async () => {
      const { desk, disk, medium } = fragile()
      await pair(desk)
      await pair(desk, { device: LAPTOP })
      disk.full = true
      await takeaways[what](desk).catch(() => {})
      await expect(remove(desk, LAPTOP, OWNER)).rejects.toBe(FULL)
      expect(heldBy(desk, LAPTOP)).toEqual([])
      disk.full = false
      await desk.flush()
      const { devices } = await medium.reopen()
      expect(devices.map(({ grants }) => grants)).toEqual([[], []])
    })
  })

  test('an approval after a revocation that was not written is written after it', async () => {
    const { desk, disk, medium } = fragile()
    await pair(desk, { scopes: ['operator.admin'] })
    disk.full = true
    await revoke(desk, OPERATOR, OWNER).catch(() => {})
    disk.full = false
    await pair(desk, { scopes: ['operator.read'] })
    const { devices } = await medium.reopen()
    expect(devices).toMatchObject([{ grants: [{ scopes: ['operator.read'] }] }])
  })

  test('when devices were last seen is not lost', async () => {
    const { desk, disk, medium } = fragile()
    await pair(desk)
    desk.saw(PHONE, 'operator')
    disk.full = true
    await expect(desk.flush()).rejects.toBe(FULL)
    disk.full = false
    await desk.flush()
    const [device] = (await medium.reopen()).devices
    expect(device?.lastSeenAt).not.toBeNull()
  })
})

describe('at once', () => {
  test.each([
    ['approve', 'reject'],
    ['reject', 'approve'],
  ] as const)(
    '%s before %s: the first counts, the second hears that there is nothing',
    async (first, _second) => {
      const { desk, events } = memoryDesk()
      const requestId = await requestOf(desk)
      const approval = () => approve(desk, { requestId, expiresAt: null }, OWNER)
      const rejection = () => reject(desk, requestId, OWNER)
      const answers =
        first === 'approve'
          ? await Promise.all([approval(), rejection()])
          : await Promise.all([rejection(), approval()])
      expect(answers.map(({ kind }) => kind)).toEqual([
        first === 'approve' ? 'approved' : 'rejected',
        'unknown',
      ])
      expect(heldBy(desk)).toEqual(first === 'approve' ? ['operator: operator.read'] : [])
      expect(events.filter(({ kind }) => kind === 'resolved')).toHaveLength(1)
    },
  )

  test('two approvals of one request are one', async () => {
    const { desk } = memoryDesk()
    const requestId = await requestOf(desk)
    const answers = await Promise.all(
      [1_000, 2_000].map((more) =>
        approve(desk, { requestId, expiresAt: Date.now() + more }, OWNER),
      ),
    )
    expect(answers.map(({ kind }) => kind)).toEqual(['approved', 'unknown'])
  })

  test('two rotations leave the token in use, and the last one is the one to use', async () => {
    const { desk } = memoryDesk()
    const [before] = (await pair(desk)).grants
    await Promise.all([1, 2].map(() => rotate(desk, { ...OPERATOR, scopes: null }, OWNER)))
    const [after] = desk.book.find(PHONE)?.grants ?? []
    expect(after?.token).toEqual(before?.token)
    expect(desk.book.findToken(after?.next?.digest ?? '')).toMatchObject({ fresh: true })
  })

  test.each(['remove', 'revoke'] as const)(
    'an approval that was under way does not outlive a %s that came after it',
    async (what) => {
      const { desk } = memoryDesk()
      await pair(desk)
      const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
      await Promise.all([
        approve(desk, { requestId, expiresAt: null }, OWNER),
        what === 'remove' ? remove(desk, PHONE, OWNER) : revoke(desk, OPERATOR, OWNER),
      ])
      expect(heldBy(desk)).toEqual([])
    },
  )

  test('and one that came after it has nothing left to approve', async () => {
    const { desk } = memoryDesk()
    await pair(desk)
    const requestId = await requestOf(desk, { scopes: ['operator.admin'] })
    const [, answer] = await Promise.all([
      remove(desk, PHONE, OWNER),
      approve(desk, { requestId, expiresAt: null }, OWNER),
    ])
    expect(answer).toEqual({ kind: 'unknown' })
    expect(heldBy(desk)).toEqual([])
  })

  test('a change that fails does not hold up the next', async () => {
    const { desk, disk } = fragile()
    const requestId = await requestOf(desk)
    disk.full = true
    const failing = approve(desk, { requestId, expiresAt: null }, OWNER)
    const next = failing.catch(() => {
      disk.full = false
    })
    await expect(failing).rejects.toBe(FULL)
    await next
    expect((await approve(desk, { requestId, expiresAt: null }, OWNER)).kind).toBe('approved')
  })
})

test('a device cannot put off its own end: what takes away goes before all that waits, and what it asked is denied (R45)', async () => {
  const writes: string[] = []
  const { desk } = memoryDesk({
    write: async ({ devices }) => void writes.push(devices?.[0]?.label ?? 'none'),
  })
  await pair(desk)
  writes.length = 0
  const own = byToken(PHONE, 'operator.pairing')
  const asked = Array.from({ length: 1_000 }, (_, index) =>
    rename(desk, { deviceId: PHONE, label: `name ${index}` }, own),
  )
  const revoked = revoke(desk, OPERATOR, OWNER)
  const answers = await Promise.all(asked)
  expect(await revoked).toMatchObject({ kind: 'revoked' })
  expect(answers.filter(({ kind }) => kind === 'done').length).toBeLessThanOrEqual(1)
  expect(writes.length).toBeLessThanOrEqual(2)
})

/** The desk: one change after the other, on disk before it is in force, and what is taken away in force before that. */
import { describe, expect, test } from 'vitest'
import {
  approvalFor,
  asks,
  byCode,
  byId,
  memoryDesk,
  MINUTE,
  NOW,
  OWNER,
  requestOf,
  TELEGRAM,
} from './desk.fixture.ts'
import { sameAccount, senderName } from './desk.ts'
import { noteLapse } from './lapse.ts'
import { approveSender, inviteSender, revokeSender } from './resolve.ts'

const FRIEND = { ...TELEGRAM, id: 'friend' }
const OTHER = { ...TELEGRAM, id: 'other' }
const invite = { sender: FRIEND, expiresAt: null }

describe('a disk that fails', () => {
  test('an approval that was not written is not in force, is not told, and may be tried again', async () => {
    const { desk, disk, events } = memoryDesk()
    const request = await requestOf(desk, 'stranger')
    disk.full = true
    const approve = { name: byCode(request), expiresAt: null }
    await expect(approveSender(desk, approve, OWNER)).rejects.toThrow('the disk is full')
    await expect(inviteSender(desk, invite, OWNER)).rejects.toThrow('the disk is full')
    expect(desk.book.approvals()).toEqual([])
    expect(desk.book.requests()).toEqual([request])
    expect(events).toEqual([])

    disk.full = false
    expect((await approveSender(desk, approve, OWNER)).kind).toBe('approved')
  })

  test('a request that was not written is no request', async () => {
    const { desk, disk } = memoryDesk()
    disk.full = true
    await expect(asks(desk, 'stranger')).rejects.toThrow('the disk is full')
    expect(desk.book.requests()).toEqual([])
  })

  test('a revocation is in force and told all the same, and written with whatever comes next', async () => {
    const { desk, disk, events, written } = memoryDesk({ approvals: [approvalFor('friend')] })
    disk.full = true
    await expect(revokeSender(desk, FRIEND)).rejects.toThrow('the disk is full')
    expect(desk.book.find(FRIEND)).toBeNull()
    expect(events.map(({ kind }) => kind)).toEqual(['revoked'])

    await expect(asks(desk, 'stranger')).rejects.toThrow('the disk is full')
    disk.full = false
    await asks(desk, 'stranger')
    expect(written).toMatchObject([{ revoked: [FRIEND], requests: [{ id: 'stranger' }] }])
    await inviteSender(desk, { sender: OTHER, expiresAt: null }, OWNER)
    expect(written[1]).toMatchObject({ revoked: [] })
  })

  test('a revocation is written by the next flush that the disk takes, and nothing is after that', async () => {
    const { desk, disk, written } = memoryDesk({ approvals: [approvalFor('friend')] })
    disk.full = true
    await expect(revokeSender(desk, FRIEND)).rejects.toThrow('the disk is full')
    await expect(desk.flush()).rejects.toThrow('the disk is full')
    disk.full = false
    await desk.flush()
    await desk.flush()
    expect(written).toMatchObject([{ revoked: [FRIEND] }])
  })

  test('a revocation that is asked for again says whether it is on disk by now', async () => {
    const { desk, disk, written } = memoryDesk({ approvals: [approvalFor('friend')] })
    disk.full = true
    await expect(revokeSender(desk, FRIEND)).rejects.toThrow('the disk is full')
    await expect(revokeSender(desk, FRIEND)).rejects.toThrow('the disk is full')
    disk.full = false
    expect(await revokeSender(desk, FRIEND)).toEqual([])
    expect(written).toMatchObject([{ revoked: [FRIEND] }])
  })

  test('whoever is approved anew stays approved: what was owed of them comes first', async () => {
    const { desk, disk, written } = memoryDesk({ approvals: [approvalFor('friend')] })
    disk.full = true
    await expect(revokeSender(desk, FRIEND)).rejects.toThrow('the disk is full')
    disk.full = false
    await inviteSender(desk, invite, OWNER)
    expect(written).toMatchObject([
      { revoked: [FRIEND], approvals: [{ ...FRIEND, via: 'invite' }] },
    ])
    expect(desk.book.find(FRIEND)).toMatchObject({ via: 'invite' })
  })

  test('nothing is written where there is nothing to write', async () => {
    const { desk, written } = memoryDesk()
    await revokeSender(desk, FRIEND)
    await requestOf(desk, 'stranger')
    const before = written.length
    await asks(desk, 'stranger')
    expect(before).toBe(2)
    expect(written).toHaveLength(2)
  })
})

describe('an approval that is over', () => {
  const until = approvalFor('friend', { expiresAt: NOW + MINUTE })

  test('and was seen to be, is over for good: a clock that is set back does not bring it back', async () => {
    const { desk, time, written } = memoryDesk({ approvals: [until] })
    await noteLapse(desk, FRIEND)
    expect(written).toEqual([])
    time.now += MINUTE
    await noteLapse(desk, FRIEND)
    await noteLapse(desk, FRIEND)
    expect(written).toMatchObject([{ approvals: [{ ...until, ended: true }] }])
    expect(desk.book.find(FRIEND)).toEqual({ ...until, ended: true })
  })

  test('and that a flush saw to be over', async () => {
    const { desk, time, written } = memoryDesk({ approvals: [until, approvalFor('other')] })
    await desk.flush()
    expect(written).toEqual([])
    time.now += MINUTE
    await desk.flush()
    await desk.flush()
    expect(written).toMatchObject([{ approvals: [{ ...until, ended: true }] }])
    time.now -= MINUTE
    expect(desk.book.find(FRIEND)).toEqual({ ...until, ended: true })
  })

  test('and that is given anew while a flush waits, stands', async () => {
    const { desk, time } = memoryDesk({ approvals: [until] })
    time.now += MINUTE
    const invited = inviteSender(desk, invite, OWNER)
    await Promise.all([invited, desk.flush()])
    expect(desk.book.find(FRIEND)).toMatchObject({ via: 'invite', ended: false })
  })

  test('also when the disk fails', async () => {
    const { desk, time, disk, written } = memoryDesk({ approvals: [until] })
    time.now += MINUTE
    disk.full = true
    await expect(noteLapse(desk, FRIEND)).rejects.toThrow('the disk is full')
    expect(desk.book.find(FRIEND)).toMatchObject({ ended: true })
    disk.full = false
    await asks(desk, 'stranger')
    expect(written).toMatchObject([{ approvals: [{ id: 'friend', ended: true }] }])
  })

  test('and was revoked while that was owed, does not come back by the debt', async () => {
    const { desk, time, disk, written } = memoryDesk({ approvals: [until] })
    time.now += MINUTE
    disk.full = true
    await expect(noteLapse(desk, FRIEND)).rejects.toThrow('the disk is full')
    disk.full = false
    await revokeSender(desk, FRIEND)
    expect(written).toMatchObject([{ approvals: [], revoked: [FRIEND] }])
  })

  test('is not the one that replaced it meanwhile', async () => {
    const { desk, time } = memoryDesk({ approvals: [until] })
    time.now += MINUTE
    await Promise.all([inviteSender(desk, invite, OWNER), noteLapse(desk, FRIEND)])
    expect(desk.book.find(FRIEND)).toMatchObject({ via: 'invite', ended: false })
  })
})

test('changes come one after the other, and each sees what the one before it did', async () => {
  const { desk, disk } = memoryDesk()
  const request = await requestOf(desk, 'stranger')
  const slow = Promise.withResolvers<void>()
  const log: string[] = []
  disk.before = () => {
    log.push('writes')
    return slow.promise
  }
  const approve = { name: byId(request), expiresAt: null }
  const first = approveSender(desk, approve, OWNER).then(({ kind }) => log.push(kind))
  const second = approveSender(desk, approve, OWNER).then(({ kind }) => log.push(kind))
  const looked = desk.turn((book) => ({ result: book.approvals().length }))
  await Promise.resolve()
  await Promise.resolve()
  expect(log).toEqual(['writes'])
  expect(desk.book.approvals()).toEqual([])
  slow.resolve()
  await Promise.all([first, second])
  expect(log).toEqual(['writes', 'approved', 'unknown'])
  expect(await looked).toBe(1)
})

test('a decision that throws ends that turn alone', async () => {
  const { desk } = memoryDesk()
  const broken = desk.turn(() => {
    throw new Error('nobody foresaw this')
  })
  const next = inviteSender(desk, invite, OWNER)
  await expect(broken).rejects.toThrow('nobody foresaw this')
  expect((await next).id).toBe('friend')
})

test('a stranger is told once however fast they write, and again when it failed', async () => {
  const { desk } = memoryDesk()
  const slow = Promise.withResolvers<string>()
  const first = desk.tellOnce(FRIEND, () => slow.promise)
  expect(await desk.tellOnce(FRIEND, () => Promise.resolve('again'))).toBeNull()
  expect(await desk.tellOnce(OTHER, () => Promise.resolve('told'))).toBe('told')
  slow.reject(new Error('no'))
  await expect(first).rejects.toThrow('no')
  expect(await desk.tellOnce(FRIEND, () => Promise.resolve('again'))).toBe('again')
})

test('the record names the account where it is not the usual one', () => {
  expect(senderName(FRIEND)).toBe('telegram:friend')
  expect(senderName({ ...FRIEND, account: 'second' })).toBe('telegram:second:friend')
  expect(sameAccount(FRIEND, OTHER)).toBe(true)
  expect(sameAccount(FRIEND, { ...FRIEND, account: 'second' })).toBe(false)
  expect(sameAccount(FRIEND, { ...FRIEND, channel: 'discord' })).toBe(false)
})

/** Web sessions: who stays logged in, for how long, and what ends them. */
import { describe, expect, it } from 'vitest'
import { SESSION_ABSOLUTE_MS } from './methods/web-session.ts'
import { ALL_SCOPES } from './scopes.ts'
import type { Principal, WebSession } from './types.ts'
import { LiveWebSessions } from './web-sessions.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const IDLE_MS = 120 * MINUTE
const TOKEN_DIGEST = 'a'.repeat(64)

function principal(kind: Principal['kind'], id: string, credentialId: string | null): Principal {
  return { kind, id, displayName: id, role: 'operator', scopes: ALL_SCOPES, credentialId }
}
const OWNER = { principal: principal('owner', 'owner', null), madeBy: null }
const TOKEN = { principal: principal('shared', 'token', TOKEN_DIGEST), madeBy: TOKEN_DIGEST }

interface Bench {
  readonly sessions: LiveWebSessions
  /** What is on the stand-in disk, oldest write first. */
  readonly saved: WebSession[][]
  readonly ended: string[]
  readonly errors: unknown[]
  readonly disk: { full: boolean }
}

function bench(
  saved: readonly WebSession[] = [],
  rules = { idleMs: IDLE_MS, maxConcurrent: 10 },
): Bench {
  const kept: Omit<Bench, 'sessions'> = { saved: [], ended: [], errors: [], disk: { full: false } }
  const parts = {
    saved,
    store: {
      async save(sessions: readonly WebSession[]) {
        if (kept.disk.full) throw new Error('disk full')
        kept.saved.push([...sessions])
      },
    },
    rules: () => rules,
    onEnded: (ids: readonly string[]) => void kept.ended.push(...ids),
    onWriteError: (error: unknown) => void kept.errors.push(error),
  }
  return { ...kept, sessions: new LiveWebSessions(parts, NOW) }
}

it('counts those that would let somebody in', async () => {
  const { sessions } = bench()
  await sessions.open(TOKEN, NOW)
  const { session } = await sessions.open(OWNER, NOW + IDLE_MS)
  expect(sessions.count(NOW + IDLE_MS)).toBe(2)
  expect(sessions.count(NOW + IDLE_MS + 1)).toBe(1)
  sessions.touch(session.idDigest, NOW + IDLE_MS + 1)
  expect(sessions.count(NOW + SESSION_ABSOLUTE_MS + IDLE_MS + 2)).toBe(0)
})

describe('opening', () => {
  it('finds the session by the digest of the cookie, with nothing but digests in it', async () => {
    const { sessions, saved } = bench()
    const { id, proof, session } = await sessions.open(TOKEN, NOW)
    expect(sessions.find(id.digest())).toEqual(session)
    expect(session).toEqual({
      idDigest: id.digest(),
      proofDigest: proof.digest(),
      principal: { ...TOKEN.principal, credentialId: null },
      madeBy: TOKEN_DIGEST,
      createdAt: NOW,
      lastSeenAt: NOW,
    })
    expect(saved).toEqual([[session]])
  })

  it('gives cookie and proof 256 bits each', async () => {
    const { id, proof } = await bench().sessions.open(OWNER, NOW)
    expect(Buffer.from(id.reveal(), 'base64url')).toHaveLength(32)
    expect(Buffer.from(proof.reveal(), 'base64url')).toHaveLength(32)
    expect(id.equals(proof)).toBe(false)
  })

  it('R59: neither secret is on disk', async () => {
    const { sessions, saved } = bench()
    const { id, proof } = await sessions.open(OWNER, NOW)
    expect(JSON.stringify(saved)).not.toContain(id.reveal())
    expect(JSON.stringify(saved)).not.toContain(proof.reveal())
  })

  it('does not exist when it could not be written', async () => {
    const { sessions, disk, saved } = bench()
    disk.full = true
    await expect(sessions.open(OWNER, NOW)).rejects.toThrow('disk full')
    disk.full = false
    await sessions.flush(NOW)
    expect(saved).toEqual([[]])
  })

  it('ends the oldest session of the principal beyond the cap, and nobody else’s', async () => {
    const { sessions, ended } = bench([], { idleMs: IDLE_MS, maxConcurrent: 2 })
    const other = await sessions.open(TOKEN, NOW)
    const first = await sessions.open(OWNER, NOW + 1)
    const second = await sessions.open(OWNER, NOW + 2)
    sessions.touch(first.id.digest(), NOW + 3)
    const third = await sessions.open(OWNER, NOW + 4)
    expect(sessions.find(first.id.digest())).toBeNull()
    expect(ended).toEqual([`session:${first.id.digest()}`])
    for (const { id } of [other, second, third]) expect(sessions.find(id.digest())).not.toBeNull()
  })

  it('keeps the cap when many log in at once', async () => {
    const { sessions, saved } = bench([], { idleMs: IDLE_MS, maxConcurrent: 3 })
    await Promise.all(Array.from({ length: 9 }, () => sessions.open(OWNER, NOW)))
    expect(saved.at(-1)).toHaveLength(3)
  })
})

describe('time', () => {
  const opened = async (from: Bench) => (await from.sessions.open(OWNER, NOW)).id.digest()

  it('forgets what is idle for too long when it is started again', async () => {
    const before = bench()
    const digest = await opened(before)
    const load = (now: number) =>
      new LiveWebSessions(
        {
          saved: before.saved.at(-1) ?? [],
          store: { save: async () => undefined },
          rules: () => ({ idleMs: IDLE_MS, maxConcurrent: 10 }),
          onEnded: () => undefined,
          onWriteError: () => undefined,
        },
        now,
      ).find(digest)
    expect(load(NOW + IDLE_MS)).not.toBeNull()
    expect(load(NOW + IDLE_MS + 1)).toBeNull()
  })

  it('forgets after seven days, however busy it was', async () => {
    const { sessions } = bench()
    const { id } = await sessions.open(OWNER, NOW)
    const end = NOW + SESSION_ABSOLUTE_MS + 1
    sessions.touch(id.digest(), end - 1)
    await sessions.open(TOKEN, end)
    expect(sessions.find(id.digest())).toBeNull()
  })

  it('moves the idle time with each use, and writes it at most once a minute', async () => {
    const { sessions, saved } = bench()
    const { id } = await sessions.open(OWNER, NOW)
    sessions.touch(id.digest(), NOW + 10)
    sessions.touch(id.digest(), NOW + MINUTE - 1)
    expect(sessions.find(id.digest())?.lastSeenAt).toBe(NOW + MINUTE - 1)
    expect(saved).toHaveLength(1)
    sessions.touch(id.digest(), NOW + MINUTE)
    sessions.touch(id.digest(), NOW + MINUTE + 1)
    expect(saved).toHaveLength(2)
    expect(saved.at(-1)?.[0]?.lastSeenAt).toBe(NOW + MINUTE)
    await sessions.flush(NOW + MINUTE + 2)
    expect(saved.at(-1)?.[0]?.lastSeenAt).toBe(NOW + MINUTE + 1)
    await sessions.flush(NOW + MINUTE + 3)
    expect(saved).toHaveLength(3)
  })

  it('says so when a write behind fails, and tries again', async () => {
    const { sessions, saved, errors, disk } = bench()
    const { id } = await sessions.open(OWNER, NOW)
    disk.full = true
    sessions.touch(id.digest(), NOW + MINUTE)
    await expect.poll(() => errors).toHaveLength(1)
    disk.full = false
    await sessions.flush(NOW + MINUTE)
    expect(saved.at(-1)?.[0]?.lastSeenAt).toBe(NOW + MINUTE)
  })

  it('does not let a clock that was set back stretch a session', async () => {
    const { sessions } = bench()
    const { id } = await sessions.open(OWNER, NOW)
    const earlier = NOW - 30 * MINUTE
    sessions.touch(id.digest(), earlier)
    expect(sessions.find(id.digest())).toMatchObject({ createdAt: earlier, lastSeenAt: earlier })
    const future = bench([
      {
        ...(sessions.find(id.digest()) as WebSession),
        createdAt: NOW + 9e9,
        lastSeenAt: NOW + 9e9,
      },
    ])
    expect(future.sessions.find(id.digest())).toMatchObject({ createdAt: NOW, lastSeenAt: NOW })
  })

  it('ignores a touch of a session that is not there', () => {
    const { sessions } = bench()
    sessions.touch('f'.repeat(64), NOW)
    expect(sessions.find('f'.repeat(64))).toBeNull()
  })

  it('takes a changed idle time at once', () => {
    const rules = { idleMs: IDLE_MS, maxConcurrent: 10 }
    const { sessions } = bench([], rules)
    rules.idleMs = MINUTE
    expect(sessions.idleMs).toBe(MINUTE)
  })
})

describe('ending', () => {
  const asSession = ({ session }: { session: WebSession }): Principal => ({
    ...session.principal,
    credentialId: `session:${session.idDigest}`,
  })

  it('logs out this browser alone', async () => {
    const { sessions, ended, saved } = bench()
    const here = await sessions.open(OWNER, NOW)
    const there = await sessions.open(OWNER, NOW)
    expect(await sessions.endOwn(asSession(here), NOW)).toBe(1)
    expect(ended).toEqual([`session:${here.session.idDigest}`])
    expect(saved.at(-1)).toEqual([there.session])
    expect(await sessions.endOwn(asSession(here), NOW)).toBe(0)
  })

  it('has nothing to end for somebody who came without a session', async () => {
    const { sessions } = bench()
    await sessions.open(TOKEN, NOW)
    expect(await sessions.endOwn(TOKEN.principal, NOW)).toBe(0)
    expect(await sessions.endOwn(OWNER.principal, NOW)).toBe(0)
  })

  it('logs out everywhere, and only this principal', async () => {
    const { sessions, ended } = bench()
    const here = await sessions.open(OWNER, NOW)
    await sessions.open(OWNER, NOW)
    const namesake = principal('owner', 'somebody', null)
    const other = await sessions.open({ principal: namesake, madeBy: null }, NOW)
    const sameId = principal('user', 'owner', null)
    const another = await sessions.open({ principal: sameId, madeBy: null }, NOW)
    expect(await sessions.endAllOf(asSession(here), NOW)).toBe(2)
    expect(ended).toHaveLength(2)
    for (const { session } of [other, another]) {
      expect(sessions.find(session.idDigest)).not.toBeNull()
    }
  })

  it('R15: ends what a secret made, sessions of its login links included', async () => {
    const { sessions } = bench()
    const direct = await sessions.open(TOKEN, NOW)
    const madeBy = sessions.makerOf(asSession(direct))
    const byLink = await sessions.open({ principal: asSession(direct), madeBy }, NOW)
    const other = await sessions.open(OWNER, NOW)
    expect(await sessions.endMadeBy(TOKEN_DIGEST, NOW)).toBe(2)
    expect(sessions.find(byLink.session.idDigest)).toBeNull()
    expect(sessions.find(other.session.idDigest)).not.toBeNull()
  })

  it('knows the secret behind a principal', () => {
    const { sessions } = bench()
    expect(sessions.makerOf(TOKEN.principal)).toBe(TOKEN_DIGEST)
    expect(sessions.makerOf(principal('api-key', 'k1', 'api-key:k1:x'))).toBe('api-key:k1:x')
    expect(sessions.makerOf(OWNER.principal)).toBeNull()
    expect(sessions.makerOf(principal('user', 'alice', null))).toBeNull()
  })

  it('holds in this process even when the disk refuses, and is written as soon as it can be', async () => {
    const { sessions, disk, saved, ended } = bench()
    const here = await sessions.open(OWNER, NOW)
    disk.full = true
    await expect(sessions.endOwn(asSession(here), NOW)).rejects.toThrow('disk full')
    expect(sessions.find(here.session.idDigest)).toBeNull()
    expect(ended).toHaveLength(1)
    disk.full = false
    await sessions.flush(NOW)
    expect(saved.at(-1)).toEqual([])
  })
})

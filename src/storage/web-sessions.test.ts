/** The file of web sessions: whole after any crash, readable by nobody else, and closed when it is damaged. */
import { mkdtemp, readFile, rename, rm, stat, writeFile, mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ALL_SCOPES } from '../access/scopes.ts'
import type { WebSession } from '../access/types.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import { WebSessionFile } from './web-sessions.ts'

const NOW = 1_800_000_000_000
const at: { dir: string; path: string } = { dir: '', path: '' }

beforeEach(async () => {
  at.dir = await mkdtemp(join(tmpdir(), 'web-sessions-'))
  at.path = join(at.dir, 'web-sessions.json')
})
afterEach(() => rm(at.dir, { recursive: true, force: true }))

function session(letter: string): WebSession {
  return {
    idDigest: letter.repeat(64),
    proofDigest: '0'.repeat(64),
    principal: {
      kind: 'owner',
      id: 'owner',
      displayName: 'Owner',
      role: 'operator',
      scopes: ALL_SCOPES,
      credentialId: null,
    },
    madeBy: null,
    createdAt: NOW,
    lastSeenAt: NOW,
  }
}

async function live(): Promise<LiveWebSessions> {
  const file = new WebSessionFile(at.dir)
  const saved = await file.load()
  return new LiveWebSessions(
    {
      saved: saved.kind === 'loaded' ? saved.sessions : [],
      store: file,
      rules: () => ({ idleMs: 7_200_000, maxConcurrent: 10 }),
      onEnded: () => undefined,
      onWriteError: () => undefined,
    },
    NOW,
  )
}

describe('the file of web sessions', () => {
  it('starts empty', async () => {
    expect(await new WebSessionFile(at.dir).load()).toEqual({ kind: 'loaded', sessions: [] })
  })

  it('gives back what was saved, after a restart', async () => {
    await new WebSessionFile(at.dir).save([session('a'), session('b')])
    const loaded = await new WebSessionFile(at.dir).load()
    expect(loaded).toEqual({ kind: 'loaded', sessions: [session('a'), session('b')] })
  })

  it('R62: is 0600, also when it was wider, and alone', async () => {
    await writeFile(at.path, '', { mode: 0o666 })
    await new WebSessionFile(at.dir).save([session('a')])
    expect((await stat(at.path)).mode & 0o777).toBe(0o600)
    expect(await readdir(at.dir)).toEqual(['web-sessions.json'])
  })

  it('ends with the newest of many saves at once', async () => {
    const file = new WebSessionFile(at.dir)
    const saves = ['a', 'b', 'c', 'd', 'e'].map((letter) => file.save([session(letter)]))
    await Promise.all(saves)
    const later = file.save([session('1')])
    const latest = file.save([session('2')])
    await Promise.all([later, latest])
    expect(await file.load()).toEqual({ kind: 'loaded', sessions: [session('2')] })
  })

  it('keeps the old file when it cannot write, says which, and recovers', async () => {
    const file = new WebSessionFile(at.dir)
    await file.save([session('a')])
    // A folder that is elsewhere stops the write even for root.
    await rename(at.dir, `${at.dir}.away`)
    await expect(file.save([session('b')])).rejects.toThrow(
      `web sessions are not kept: ${at.path} cannot be written (ENOENT)`,
    )
    await rename(`${at.dir}.away`, at.dir)
    expect(await file.load()).toEqual({ kind: 'loaded', sessions: [session('a')] })
    await file.save([session('c')])
    expect(await file.load()).toEqual({ kind: 'loaded', sessions: [session('c')] })
  })

  it.each([
    ['cut off', '{"version":1,"sess'],
    ['of another version', '{"version":2,"sessions":[]}'],
    ['with a member nobody knows', '{"version":1,"sessions":[],"extra":1}'],
    ['with a scope nobody knows', JSON.stringify(withScope('operator.root'))],
    ['empty', ''],
  ])('logs everybody out when it is %s', async (_name, text) => {
    await writeFile(at.path, text)
    const loaded = await new WebSessionFile(at.dir).load()
    expect(loaded.kind).toBe('unusable')
    expect(loaded.kind === 'unusable' && loaded.problem).toContain(at.path)
  })

  it('says which file it cannot read', async () => {
    await mkdir(at.path)
    await expect(new WebSessionFile(at.dir).load()).rejects.toThrow(`${at.path} cannot be read`)
  })

  it('R59: a login survives a restart and leaves neither cookie nor proof on disk', async () => {
    const before = await live()
    const { id, proof } = await before.open(
      { principal: session('a').principal, madeBy: 'b'.repeat(64) },
      NOW,
    )
    const text = await readFile(at.path, 'utf8')
    expect(text).not.toContain(id.reveal())
    expect(text).not.toContain(proof.reveal())
    expect((await live()).find(id.digest())?.proofDigest).toBe(proof.digest())
  })

  it('a logout survives a restart', async () => {
    const before = await live()
    const { id, session: opened } = await before.open(
      { principal: session('a').principal, madeBy: null },
      NOW,
    )
    const principal = { ...opened.principal, credentialId: `session:${opened.idDigest}` }
    await before.endOwn(principal, NOW)
    expect((await live()).find(id.digest())).toBeNull()
  })
})

function withScope(scope: string): object {
  const { principal, ...rest } = session('a')
  return { version: 1, sessions: [{ ...rest, principal: { ...principal, scopes: [scope] } }] }
}

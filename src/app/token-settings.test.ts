/** The end of a rotation, on a real file: what the old token opened ends with it. */
import { rename } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { LoginLinks } from '../access/login-links.ts'
import { OWNER } from '../access/methods/local-direct.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import { folder, loaded, OTHER_TOKEN, TOKEN } from '../config/folder.fixture.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { Secret } from '../core/secret.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import { tokenSettings } from './token-settings.ts'

const NOW = 1_800_000_000_000
const OLD = new Secret(TOKEN).digest()
const NEXT = new Secret(OTHER_TOKEN)

async function rotating() {
  const auth = { mode: 'token', token: TOKEN, tokenSecondary: OTHER_TOKEN }
  const dir = folder({ 'openclaw.json': JSON.stringify({ gateway: { auth } }) })
  const request = dir.request()
  const config = await loaded(request)
  const stateDir = dir.file('state')
  dir.write('state/web-sessions.json', '{"version":1,"sessions":[]}')
  const ended: string[] = []
  const failures: string[] = []
  const sessions = new LiveWebSessions(
    {
      saved: [],
      store: new WebSessionFile(stateDir),
      rules: () => ({ idleMs: 7_200_000, maxConcurrent: 10 }),
      onEnded: (ids) => ended.push(...ids),
      onWriteError: () => undefined,
    },
    NOW,
  )
  const fingerprints = new Fingerprints(Buffer.alloc(32))
  const links = new LoginLinks()
  const log = { failure: (message: string) => void failures.push(message) }
  const reloaded: { problem: string | null } = { problem: null }
  const settings = tokenSettings({
    request,
    current: () => ({ loaded: config, mode: 'token', allowLocalDirect: true, warnings: [] }),
    state: { fingerprints, links, sessions, log },
    clock: () => NOW,
    reload: async () => undefined,
    problem: () => reloaded.problem,
  })
  const open = (madeBy: string) => sessions.open({ principal: OWNER, madeBy }, NOW)
  return { dir, stateDir, sessions, links, settings, fingerprints, ended, failures, open, reloaded }
}

it('R15: promoting ends the links and sessions that the old token opened, and no other, for good', async () => {
  const at = await rotating()
  const [old, next] = [await at.open(OLD), await at.open(NEXT.digest())]
  const link = at.links.create({ principal: OWNER, madeBy: OLD }, NOW)
  expect(await at.settings.promoteSecondary(at.fingerprints.own(NEXT))).toBe('promoted')
  expect(at.ended).toEqual([`session:${old.session.idDigest}`])
  expect(at.links.take(link.code, NOW)).toBeNull()
  expect(at.dir.read('state/web-sessions.json')).not.toContain(old.session.idDigest)
  expect(at.dir.read('state/web-sessions.json')).toContain(next.session.idDigest)
  expect(at.failures).toEqual([])
})

it('they end at once although the disk does not take it, and the log says so', async () => {
  const at = await rotating()
  const { session } = await at.open(OLD)
  await rename(at.stateDir, `${at.stateDir}.away`)
  expect(await at.settings.promoteSecondary(at.fingerprints.own(NEXT))).toBe('promoted')
  expect(at.sessions.find(session.idDigest)).toBeNull()
  expect(at.failures).toHaveLength(1)
})

it('another second token than the one that was looked at is not promoted, and nothing ends', async () => {
  const at = await rotating()
  const { session } = await at.open(OLD)
  const before = at.dir.read('openclaw.json')
  expect(await at.settings.promoteSecondary('sha256:00000000')).toBe('changed')
  expect(at.dir.read('openclaw.json')).toBe(before)
  expect(at.sessions.find(session.idDigest)).not.toBeNull()
})

it('a file that is not in force is not edited, and what is dropped is what really dies', async () => {
  const at = await rotating()
  const { session } = await at.open(OLD)
  const before = at.dir.read('openclaw.json')
  at.reloaded.problem = 'gateway.auth.mode: trusted-proxy needs trustedProxies'
  await expect(at.settings.promoteSecondary(at.fingerprints.own(NEXT))).rejects.toThrow(
    /nothing was changed.*trusted-proxy/,
  )
  expect(at.dir.read('openclaw.json')).toBe(before)
  expect(at.sessions.find(session.idDigest)).not.toBeNull()
})

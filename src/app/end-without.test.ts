/** The end of a secret, with real files: what it opened ends with it. */
import { rename } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LoginLinks } from '../access/login-links.ts'
import { OWNER } from '../access/methods/local-direct.ts'
import { live, NEXT_TOKEN, TOKEN } from '../access/scene.fixture.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import { folder } from '../config/folder.fixture.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import { endWithout } from './end-without.ts'

const NOW = 1_800_000_000_000
const [old, next] = [live(TOKEN), live(NEXT_TOKEN, 'token', 'secondary')]

function loggedIn() {
  const dir = folder({})
  dir.write('state/web-sessions.json', '{"version":1,"sessions":[]}')
  const ended: string[] = []
  const failures: string[] = []
  const sessions = new LiveWebSessions(
    {
      saved: [],
      store: new WebSessionFile(dir.file('state')),
      rules: () => ({ idleMs: 7_200_000, maxConcurrent: 10 }),
      onEnded: (ids) => ended.push(...ids),
      onWriteError: () => undefined,
    },
    NOW,
  )
  const links = new LoginLinks()
  const log = { failure: (message: string) => void failures.push(message) }
  const open = (madeBy: string) => sessions.open({ principal: OWNER, madeBy }, NOW)
  return {
    dir,
    sessions,
    links,
    ended,
    failures,
    open,
    opened: { sessions, links, log, clock: () => NOW },
  }
}

test('R15: the links and sessions that a secret opened end with it, and no other, for good', async () => {
  const at = loggedIn()
  const [gone, kept] = [await at.open(old.secret.digest()), await at.open(next.secret.digest())]
  const link = at.links.create({ principal: OWNER, madeBy: old.secret.digest() }, NOW)
  await endWithout([old, next], [next], at.opened)
  expect(at.ended).toEqual([`session:${gone.session.idDigest}`])
  expect(at.links.take(link.code, NOW)).toBeNull()
  const saved = at.dir.read('state/web-sessions.json')
  expect(saved).not.toContain(gone.session.idDigest)
  expect(saved).toContain(kept.session.idDigest)
  expect(at.failures).toEqual([])
})

test('they end at once although the disk does not take it, and the log says so', async () => {
  const at = loggedIn()
  const { session } = await at.open(old.secret.digest())
  await rename(at.dir.file('state'), at.dir.file('away'))
  await endWithout([old], [], at.opened)
  expect(at.sessions.find(session.idDigest)).toBeNull()
  expect(at.failures).toHaveLength(1)
})

test('a secret that only changed its place ends nothing', async () => {
  const at = loggedIn()
  await at.open(next.secret.digest())
  await endWithout([old, next], [live(NEXT_TOKEN)], at.opened)
  expect(at.ended).toEqual([])
})

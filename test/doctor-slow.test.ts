/** The doctor is done in time, whoever answers in the gateway's place. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { doctorFacts } from '../src/app/doctor-facts.ts'
import { ownerWhoami } from '../src/app/owner-whoami.ts'
import { sceneOf, type AuditState, type Scene } from './audit/scene.fixture.ts'
import { talker } from './talker.fixture.ts'

const ENDLESS = 'HTTP/1.1 200 OK\r\nX-A: '

async function place(state: AuditState): Promise<Scene> {
  const scene = await sceneOf(state)
  onTestFinished(() => scene.remove())
  return scene
}

test('a gateway elsewhere whose answer never ends gives none', async () => {
  const url = `ws://127.0.0.1:${await talker(ENDLESS, 'a')}`
  const { io } = await place({ config: { gateway: { mode: 'remote', remote: { url } } } })
  const quiet = { stdout: () => {}, stderr: () => {}, isTty: false, columns: null, ...io }
  const { gateway } = await doctorFacts({ io: quiet, deep: false })
  expect(gateway).toEqual({ kind: 'remote', url, silent: 'no answer in 1 s' })
})

test.each([
  ['headers never end', ENDLESS, 'a', 'no answer in 0.2 s'],
  ['body comes by the byte', 'HTTP/1.1 200 OK\r\n\r\n', 'a', 'no answer in 0.2 s'],
  [
    'body is more than an answer',
    'HTTP/1.1 200 OK\r\n\r\n',
    'a'.repeat(65_536),
    'it answers 200 to whoami, and not as to its owner',
  ],
])('an owner’s socket whose %s is no proof of an owner', async (_, first, again, why) => {
  const path = join((await place({})).dir, 'gateway.sock')
  await talker(first, again, path)
  expect(await ownerWhoami(path, 200)).toEqual({ kind: 'no-admin', why })
})

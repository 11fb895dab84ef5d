/** kill -9 while everything changes: what was acknowledged is there when the gateway is back (SPEC 13). */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startLoad, type Acknowledged } from './crash-load.fixture.ts'
import {
  bearer,
  makeStateDir,
  REMOTE,
  runCli,
  startGateway,
  TOKEN,
  type RunningGateway,
} from './gateway.ts'

const ROUNDS = 5

const CONFIG = {
  gateway: {
    trustedProxies: ['127.0.0.1'],
    auth: { token: TOKEN, rateLimit: { maxAttempts: 3 } },
  },
  security: { apiKeys: { enabled: true, file: 'auth/api_keys.json' } },
}

test('kill -9 at any moment under load: no acknowledged change is lost, and it starts again', async () => {
  const dir = makeStateDir({ config: CONFIG })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const done: Acknowledged = {
    messages: [],
    keys: [],
    locked: [],
    setting: null,
    unanswered: null,
    rotated: null,
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const gateway = await startGateway({ dir })
    onTestFinished(() => void gateway.child.kill('SIGKILL'))
    const load = startLoad(gateway, done, round)
    await pause(150 + Math.random() * 700)
    gateway.child.kill('SIGKILL')
    await load.ended

    expect(runCli(dir, ['logs', 'verify']).stdout).toContain('the record is intact')
    const back = await startGateway({ dir })
    onTestFinished(() => void back.child.kill('SIGKILL'))
    await everythingIsThere(back, done)
    if (done.rotated !== null)
      expect(runCli(dir, ['config', 'unset', 'gateway.auth.tokenSecondary']).code).toBe(0)
    done.rotated = null
    expect(await back.stop()).toBe(0)
    expect(runCli(dir, ['logs', 'verify']).code).toBe(0)
  }
  for (const kind of [done.messages, done.keys, done.locked]) expect(kind.length).toBeGreaterThan(0)
  expect(done.setting).not.toBeNull()
}, 60_000)

async function everythingIsThere(gateway: RunningGateway, done: Acknowledged): Promise<void> {
  const statusWith = async (secret: string, address = REMOTE['x-forwarded-for']) =>
    (await gateway.ask({ headers: { ...bearer(secret), 'x-forwarded-for': address } })).status
  const { text } = await gateway.ask({
    path: '/api/v1/sessions/load/history?limit=1000',
    headers: bearer(TOKEN),
  })
  const recent = done.messages.slice(-300)
  expect(recent.filter((message) => !text.includes(`"${message}"`))).toStrictEqual([])
  for (const key of done.keys.slice(-20)) expect(await statusWith(key)).toBe(200)
  for (const address of done.locked.slice(-20))
    expect([address, await statusWith(TOKEN, address)]).toStrictEqual([address, 429])
  if (done.rotated !== null) expect(await statusWith(done.rotated)).toBe(200)
  const now = gateway.cli(['config', 'get', 'security.session.maxConcurrent']).stdout.trim()
  if (done.setting !== null) expect([done.setting, done.unanswered]).toContain(Number(now))
  expect(readFileSync(join(gateway.dir, 'openclaw.json'), 'utf8')).toContain(TOKEN)
}

/** Changes that undo themselves, on the built gateway: what was comes back, whatever happens, unless somebody got in by the new rules. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import {
  back,
  change,
  confirm,
  confirmAsOwner,
  KEY,
  login,
  OTHER,
  running,
  statusOf,
  TEXT,
} from './config-confirm.fixture.ts'
import { makeStateDir, REMOTE, runCli, TOKEN } from './gateway.ts'

const LONG = 600_000

describe('nobody confirms', () => {
  test('the text comes back to the letter, and with it who may come in', async () => {
    const place = await running()
    const { gateway } = place
    const set = ['config', 'set', '--confirm', '3s', KEY, OTHER]
    const { code, stdout } = gateway.cli(set)
    expect([code, stdout]).toEqual([0, expect.stringContaining('openclaw config confirm')])
    expect(await statusOf(gateway, OTHER)).toBe(200)
    expect(await statusOf(gateway, TOKEN)).toBe(401)
    expect(gateway.cli(['status']).stdout).toContain(`${KEY} changed and is undone at`)
    await back(place)
    await vi.waitFor(async () => expect(await statusOf(gateway, TOKEN)).toBe(200), 10_000)
    expect(await statusOf(gateway, OTHER)).toBe(401)
    const logs = gateway.cli(['logs', '--json']).stdout
    expect(logs).toContain('"event":"config.undone"')
    expect(logs).not.toContain(OTHER)
  })

  test('kill -9, and a start when the time is over: undone before anybody is let in', async () => {
    const place = await running()
    const body = { path: KEY, value: OTHER, confirmMs: 1000 }
    expect(await change(place.gateway, body)).toMatchObject({ status: 200 })
    await place.kill(place.gateway)
    const { undoAt } = JSON.parse(readFileSync(`${place.file}.pending`, 'utf8'))
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(undoAt), 5000)
    expect(place.read()).toContain(OTHER)
    const again = await place.start()
    expect(place.read()).toBe(TEXT)
    expect(await statusOf(again, OTHER)).toBe(401)
    expect(await statusOf(again, TOKEN)).toBe(200)
    expect(again.cli(['logs', '--json']).stdout).toContain('"event":"config.undone"')
  })

  test('kill -9, and a start before that: undone at its time', async () => {
    const place = await running()
    const body = { path: KEY, value: OTHER, confirmMs: 6000 }
    expect(await change(place.gateway, body)).toMatchObject({ status: 200 })
    await place.kill(place.gateway)
    const again = await place.start()
    expect(await statusOf(again, OTHER)).toBe(200)
    await back(place)
    await vi.waitFor(async () => expect(await statusOf(again, TOKEN)).toBe(200), 10_000)
  })

  test('killed between the two writes: nothing was changed, and nothing waits', async () => {
    const place = await running()
    await place.kill(place.gateway)
    const pending = { keys: [KEY], by: 'shared:token', since: 1, undoAt: Date.now() + LONG }
    const left = { ...pending, before: TEXT, after: 'ab'.repeat(32) }
    writeFileSync(`${place.file}.pending`, JSON.stringify(left), { mode: 0o600 })
    const again = await place.start()
    expect(existsSync(`${place.file}.pending`)).toBe(false)
    expect(place.read()).toBe(TEXT)
    expect(await statusOf(again, TOKEN)).toBe(200)
  })

  test('somebody changed the file by hand: it stays as they wrote it, and the log says so', async () => {
    const place = await running()
    const { gateway, file } = place
    await change(gateway, { path: KEY, value: OTHER, confirmMs: 2000 })
    const theirs = TEXT.replace('// ours', '// theirs')
    writeFileSync(file, theirs)
    await vi.waitFor(() => expect(gateway.output()).toContain('changed by hand since'), 20_000)
    expect(place.read()).toBe(theirs)
    expect(existsSync(`${file}.pending`)).toBe(false)
    expect(gateway.cli(['logs', '--json']).stdout).toContain('"event":"config.undo_left"')
  })

  test('what only a restart applies: in force after one, and undone by another', async () => {
    const place = await running()
    const { gateway } = place
    const body = { path: 'gateway.bridgePort', value: 0, confirmMs: 8000 }
    const { json } = await change(gateway, body)
    expect(json).toMatchObject({ waiting: ['gateway.bridgePort'] })
    const early = await confirm(gateway, TOKEN)
    expect([early.status, early.text]).toEqual([409, expect.stringContaining('not in force yet')])
    expect(gateway.cli(['gateway', 'restart'])).toMatchObject({ code: 0 })
    await back(place)
    const says = 'restarting: gateway.bridgePort'
    await vi.waitFor(() => expect(gateway.output()).toContain(says), 10_000)
  })
})

describe('a confirmation', () => {
  test('by whoever got in by the new rules: the change stays, and it is on the record', async () => {
    const place = await running()
    const { gateway, file } = place
    const live = await admitted(gateway.port, {
      params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
      headers: REMOTE,
    })
    const unrelated = { path: 'security.session.timeout', value: 3600, confirmMs: LONG }
    expect(await change(gateway, unrelated)).toMatchObject({ status: 200 })
    // This one was let in before, and by rules that would let it in again: it did not try.
    const before = await live.call('config.confirm', {})
    expect(before).toMatchObject({ ok: false, error: { message: expect.stringMatching(/before/) } })
    // The owner's socket is open whatever the rules say.
    const owner = await confirmAsOwner(place.dir)
    expect([owner.status, owner.text]).toEqual([409, expect.stringContaining('proves nothing')])
    expect(existsSync(`${file}.pending`)).toBe(true)

    expect(await confirm(gateway, TOKEN)).toMatchObject({
      status: 200,
      json: { keys: ['security.session.timeout'] },
    })
    expect(existsSync(`${file}.pending`)).toBe(false)
    expect(place.read()).toContain('3600')
    expect(gateway.cli(['logs', '--json']).stdout).toMatch(/"operation":"config\.confirm"/)
    expect(await confirm(gateway, TOKEN)).toMatchObject({ status: 409 })
    await live.close()
  })

  test('by a session counts when its login came after the change', async () => {
    const { gateway } = await running()
    const early = await login(gateway)
    await change(gateway, { path: 'security.session.timeout', value: 3600, confirmMs: LONG })
    const asked = { method: 'POST', path: '/api/v1/config/confirm', body: {} }
    const refused = await gateway.ask({ ...asked, headers: early })
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('log in again')])
    expect(await gateway.ask({ ...asked, headers: await login(gateway) })).toMatchObject({
      status: 200,
    })
  })

  test('by the owner on the host, who says that nothing needs to be proved', async () => {
    const { gateway, file } = await running()
    await change(gateway, { path: KEY, value: OTHER, confirmMs: LONG })
    expect(await confirm(gateway, OTHER, { force: true })).toMatchObject({ status: 200 })
    await change(gateway, { path: KEY, value: TOKEN, confirmMs: LONG }, OTHER)
    const { code, stdout } = gateway.cli(['config', 'confirm', '--force'])
    expect([code, stdout]).toEqual([0, `${KEY} stays as it was changed\n`])
    expect(existsSync(`${file}.pending`)).toBe(false)
  })

  test('the command gets in by the port', async () => {
    // Whoever is on this host would be let in by that alone.
    const { gateway } = await running(TEXT.replace('auth: {', 'auth: { allowLocalDirect: false,'))
    gateway.cli(['config', 'set', '--confirm', '5m', KEY, OTHER])
    const at = ['--url', `http://127.0.0.1:${gateway.port}`, '--token']
    expect(gateway.cli(['config', 'confirm', ...at, TOKEN])).toMatchObject({ code: 1 })
    expect(gateway.cli(['config', 'confirm', ...at, OTHER])).toMatchObject({
      code: 0,
      stdout: `${KEY} stays as it was changed\n`,
    })
  })
})

describe('a change that would cut off whoever asks', () => {
  test('is asked for twice: it undoes itself, or is meant', async () => {
    const place = await running()
    const { gateway } = place
    const wanted = { path: KEY, value: OTHER }
    const asked = await change(gateway, wanted)
    expect([asked.status, asked.text]).toEqual([409, expect.stringContaining('--confirm 5m')])
    expect(place.read()).toBe(TEXT)
    expect(await change(gateway, { ...wanted, force: true })).toMatchObject({
      status: 200,
      json: { undoAt: null },
    })
    expect(await statusOf(gateway, TOKEN)).toBe(401)
  })

  test('is judged on the request as it came, over WebSocket too', async () => {
    const { gateway } = await running(
      TEXT.replace('port: 0', 'port: 0, trustedProxies: ["127.0.0.1"]'),
    )
    // The proxy's word counts for nothing any more, and the token is as right as it was.
    expect(await change(gateway, { path: 'gateway.trustedProxies', value: [] })).toMatchObject({
      status: 200,
    })
    const live = await admitted(gateway.port, {
      params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
      headers: REMOTE,
    })
    const mode = { path: 'gateway.auth.mode', value: 'none' }
    const refused = await live.call('config.change', mode)
    expect(refused).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/not be let in/) },
    })
    await live.close()
  })

  test('one that the gateway does not take over is refused, and the file left', async () => {
    const place = await running()
    const broken = await change(place.gateway, {
      path: 'gateway.auth.mode',
      value: 'password',
      confirmMs: LONG,
    })
    expect([broken.status, broken.text]).toEqual([400, expect.stringContaining('password')])
    expect(await change(place.gateway, { path: KEY, unset: true, force: true })).toMatchObject({
      status: 400,
    })
    const absent = { path: KEY, value: '${NOT_THERE}', confirmMs: LONG }
    expect(await change(place.gateway, absent)).toMatchObject({ status: 400 })
    expect(place.read()).toBe(TEXT)
    expect(existsSync(`${place.file}.pending`)).toBe(false)
  })
})

test('while one waits, the file is not edited by commands: that would take the way back', async () => {
  const place = await running()
  const { gateway } = place
  await change(gateway, { path: KEY, value: OTHER, confirmMs: LONG })
  const { code, stderr } = gateway.cli(['config', 'set', 'gateway.port', '1'])
  expect([code, stderr]).toEqual([1, expect.stringContaining(`a change of ${KEY} waits`)])
  const second = { path: 'gateway.port', value: 1, confirmMs: LONG }
  expect(await change(gateway, second, OTHER)).toMatchObject({ status: 400 })
  expect(await confirm(gateway, OTHER)).toMatchObject({ status: 200 })
  expect(gateway.cli(['config', 'set', 'gateway.port', '1'])).toMatchObject({ code: 0 })
})

test('without a gateway there is nobody who would undo it', () => {
  const dir = makeStateDir({ files: { 'openclaw.json': TEXT } })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const { code, stderr } = runCli(dir, ['config', 'set', '--confirm', '5m', KEY, OTHER])
  expect(code).toBe(1)
  expect(stderr).toContain('it is the gateway that makes this change')
  expect(stderr).toContain('openclaw gateway')
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toBe(TEXT)
})

/** Changes that undo themselves while everything goes wrong: the disk is full, the gateway does not start with them, somebody edits the file. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import {
  back,
  change,
  confirm,
  KEY,
  OTHER,
  running,
  statusOf,
  TEXT,
} from './config-confirm.fixture.ts'
import { bearer, REMOTE, TOKEN } from './gateway.ts'

const TIMEOUT = 'security.session.timeout'

test('a change made by hand or by a command since is nobody’s to undo, even where it says the same', async () => {
  const place = await running()
  const { gateway, file } = place
  await change(gateway, { path: TIMEOUT, value: 3600, confirmMs: 2000 })
  const changed = place.read()
  // Taken back, thought over, and made for good.
  writeFileSync(file, TEXT)
  expect(gateway.cli(['config', 'set', TIMEOUT, '3600'])).toMatchObject({ code: 0 })
  expect(place.read()).toBe(changed)
  await vi.waitFor(() => expect(gateway.output()).toContain('stays as it is'), 20_000)
  expect(place.read()).toBe(changed)
  expect(existsSync(`${file}.pending`)).toBe(false)
})

test('a gateway that does not start with the change starts without it', async () => {
  const place = await running()
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  onTestFinished(() => void busy.close())
  const { port } = Object(busy.address())
  const body = { path: 'gateway.bridgePort', value: port, confirmMs: 600_000 }
  expect(await change(place.gateway, body)).toMatchObject({ status: 200 })
  expect(place.gateway.cli(['gateway', 'restart'])).toMatchObject({ code: 0 })
  await back(place)
  const says = /did not start with the change: .*is in use/
  await vi.waitFor(() => expect(place.gateway.output()).toMatch(says), 10_000)
  expect(place.gateway.cli(['status'])).toMatchObject({ code: 0 })
  const logs = place.gateway.cli(['logs', '--json']).stdout
  expect(logs).toContain('"event":"config.undone"')
})

test('of two who confirm at once the second is not told that it was undone', async () => {
  const { gateway } = await running()
  await change(gateway, { path: TIMEOUT, value: 3600, confirmMs: 600_000 })
  const answers = await Promise.all([confirm(gateway, TOKEN), confirm(gateway, TOKEN)])
  const late = answers.find(({ status }) => status === 409)
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  expect(late?.text).toMatch(/confirmed it just now, or|no change waits/)
})

test('a clock that was set back does not make it longer', async () => {
  const place = await running()
  await place.kill(place.gateway)
  const since = Date.now() + 86_400_000
  const text = TEXT.replace(TOKEN, OTHER)
  const after = createHash('sha256').update(text).digest('hex')
  const pending = { keys: [KEY], by: 'shared:token', since, undoAt: since + 2000, before: TEXT }
  writeFileSync(`${place.file}.pending`, JSON.stringify({ ...pending, after }), { mode: 0o600 })
  writeFileSync(place.file, text)
  const again = await place.start()
  await back(place)
  await vi.waitFor(async () => expect(await statusOf(again, TOKEN)).toBe(200), 10_000)
})

describe.skipIf(process.getuid?.() !== 0)('(skipped: needs root) a disk that', () => {
  test('is full takes the old text back', async () => {
    const disk = tinyDisk()
    const place = await running(TEXT, disk)
    await change(place.gateway, { path: KEY, value: OTHER, confirmMs: 2000 })
    const ballast = join(disk, 'ballast')
    execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=4k 2>/dev/null || true`])
    await back(place)
    expect(existsSync(ballast)).toBe(true)
    await vi.waitFor(async () => expect(await statusOf(place.gateway, TOKEN)).toBe(200), 10_000)
    expect(statSync(place.file).mode & 0o777).toBe(0o600)
    await place.gateway.stop()
  })

  test('is read-only is told of once, and undone as soon as it takes it', async () => {
    const disk = tinyDisk()
    const place = await running(TEXT, disk)
    const { gateway } = place
    await change(gateway, { path: TIMEOUT, value: 3600, confirmMs: 3000 })
    // The store and the record are open for writing: bound over, the folder alone is.
    execFileSync('mount', ['--bind', disk, disk])
    execFileSync('mount', ['-o', 'remount,ro,bind', disk])
    onTestFinished(() => void execFileSync('umount', ['-l', disk]))
    const told = /could not be undone yet/g
    await vi.waitFor(() => expect(gateway.output()).toMatch(told), 20_000)
    const later = Date.now() + 1500
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(later), 5000)
    execFileSync('mount', ['-o', 'remount,rw,bind', disk])
    await back(place)
    expect(gateway.output().match(told)).toHaveLength(1)
    await gateway.stop()
  })
})

describe('a value', () => {
  test('that would make the file larger than anybody reads is refused, and the file left', async () => {
    const place = await running()
    const live = await admitted(place.gateway.port, {
      params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
      headers: REMOTE,
    })
    const value = [{ id: 'x', systemPrompt: 'y'.repeat(4 * 1024 * 1024) }]
    for (const more of [{}, { confirmMs: 600_000 }]) {
      const wanted = { path: 'agents.list', value, ...more }
      expect(await live.call('config.change', wanted)).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining('larger than 4 MiB') },
      })
    }
    expect(place.read()).toBe(TEXT)
    expect(existsSync(`${place.file}.pending`)).toBe(false)
    await live.close()
  })

  test('that is nested too deeply is refused in words', async () => {
    const { gateway } = await running()
    const body = `{"path":"agents.list","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const headers = { ...REMOTE, ...bearer(TOKEN) }
    const asked = { method: 'POST', path: '/api/v1/config/change', headers, body }
    const { status, text } = await gateway.ask(asked)
    expect([status, text]).toEqual([400, expect.stringContaining('nested too deeply')])
  })

  test('of somebody with a long name', async () => {
    const { gateway } = await running()
    const path = `gateway.auth.identityScopes["${'n'.repeat(300)}@example.com"]`
    expect(await change(gateway, { path, value: [] })).toMatchObject({ status: 200 })
  })
})

function tinyDisk(): string {
  const disk = mkdtempSync(join(tmpdir(), 'openclaw-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', disk])
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })
  writeFileSync(join(disk, 'openclaw.json'), TEXT, { mode: 0o600 })
  return disk
}

/** A full disk: nothing of the owner's is lost, reads go on, changes wait, and it mends itself (SPEC 10, 13). */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bearer, runCli, startGateway, TOKEN } from './gateway.ts'

const ROOT = process.getuid?.() === 0 && process.platform === 'linux'
const one = ROOT ? test : test.skip
const CONFIG = `{\n  // kept\n  gateway: { auth: { token: "${TOKEN}" } },\n}\n`

describe(ROOT ? 'a state dir on a full disk' : 'skipped: needs root', () => {
  one('config set fails in words, and the file is what it was', () => {
    const disk = tinyDisk('64k')
    fill(disk)
    const before = readdirSync(disk)
    const { code, stderr } = runCli(disk, ['config', 'set', 'logging.level', 'debug'])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/no space|disk is full|ENOSPC/i)
    expect(stderr).toContain('openclaw.json')
    expect(stderr).not.toMatch(/^\s+at |our fault/m)
    expect(readFileSync(join(disk, 'openclaw.json'), 'utf8')).toBe(CONFIG)
    expect(readdirSync(disk).filter((name) => !name.endsWith('.lock'))).toStrictEqual(before)
  })

  one('a start says what it cannot write, or runs; it never ends in a stack trace', () => {
    const disk = tinyDisk('64k')
    fill(disk)
    const { code, stdout, stderr } = runCli(disk, ['gateway', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/no space|disk is full|ENOSPC/i)
    expect(stdout + stderr).not.toMatch(/^\s+at |our fault/m)
    expect(readFileSync(join(disk, 'openclaw.json'), 'utf8')).toBe(CONFIG)
  })

  one('reads go on, changes are refused except the owner’s, and it mends itself', async () => {
    const disk = tinyDisk('3m')
    const gateway = await startGateway({ dir: disk })
    onTestFinished(async () => void (gateway.child.exitCode === null && (await gateway.stop())))
    const say = async (message: string): Promise<number> =>
      (
        await gateway.ask({
          method: 'POST',
          path: '/api/v1/sessions/s1/messages',
          headers: bearer(TOKEN),
          body: { message },
        })
      ).status
    expect(await say('before')).toBe(200)
    fill(disk)
    await expect.poll(() => say('during'), { timeout: 10_000 }).toBe(503)
    expect((await gateway.ask({ headers: bearer(TOKEN) })).status).toBe(200)
    expect((await gateway.ask({ path: '/health' })).status).toBe(200)
    const clear = { method: 'DELETE', path: '/api/v1/lockouts' }
    expect((await gateway.ask({ ...clear, headers: bearer(TOKEN) })).status).toBe(503)
    const link = { method: 'POST', path: '/api/v1/login-links' }
    expect((await gateway.ask({ ...link, headers: bearer(TOKEN) })).status).toBe(503)
    expect(await askOwner(join(disk, 'gateway.sock'), link)).toBe(200)
    expect(gateway.output()).toMatch(/no space|ENOSPC/i)
    expect(gateway.output()).not.toMatch(/^\s+at /m)

    rmSync(join(disk, 'ballast'))
    await expect.poll(() => say('after'), { timeout: 10_000, interval: 100 }).toBe(200)
    const history = await gateway.ask({
      path: '/api/v1/sessions/s1/history',
      headers: bearer(TOKEN),
    })
    expect(history.text).toContain('before')
    expect(history.text).toContain('after')
    expect(await gateway.stop()).toBe(0)
    expect(runCli(disk, ['logs', 'verify']).stdout).toContain('the record is intact')
  })

  one(
    'a sender who was revoked meanwhile stays out after a kill, though nothing else was changed',
    async () => {
      const disk = tinyDisk('3m')
      const gateway = await startGateway({ dir: disk })
      onTestFinished(() => void gateway.child.kill('SIGKILL'))
      const invite = { channel: 'telegram', sender: '42' }
      const headers = bearer(TOKEN)
      const path = '/api/v1/senders'
      expect((await gateway.ask({ method: 'POST', path, headers, body: invite })).status).toBe(200)
      expect(sendersIn(disk)).toEqual(['42'])
      fill(disk)
      const revoke = { method: 'DELETE', path: `${path}/telegram/42` }
      expect(await askOwner(join(disk, 'gateway.sock'), revoke)).toBe(500)
      expect((await gateway.ask({ path, headers })).text).not.toContain('"42"')
      expect(sendersIn(disk)).toEqual(['42'])

      rmSync(join(disk, 'ballast'))
      await expect.poll(() => sendersIn(disk), { timeout: 15_000, interval: 100 }).toEqual([])
      await gateway.stop('SIGKILL')
      const again = await startGateway({ dir: disk })
      onTestFinished(() => void again.child.kill('SIGKILL'))
      expect((await again.ask({ path, headers })).text).not.toContain('"42"')
    },
  )
})

function sendersIn(disk: string): readonly string[] {
  const database = new DatabaseSync(join(disk, 'store.sqlite'), { readOnly: true })
  try {
    const rows = database.prepare('SELECT sender_id FROM senders').all()
    return rows.map((row) => String(row['sender_id']))
  } finally {
    database.close()
  }
}

function tinyDisk(size: string): string {
  const disk = mkdtempSync(join(tmpdir(), 'openclaw-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', disk])
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })
  writeFileSync(join(disk, 'openclaw.json'), CONFIG, { mode: 0o600 })
  return disk
}

function fill(disk: string): void {
  const ballast = join(disk, 'ballast')
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=4k 2>/dev/null || true`])
}

function askOwner(socketPath: string, ask: { method: string; path: string }): Promise<number> {
  return new Promise((done, fail) => {
    const asked = request({ socketPath, ...ask, headers: { host: 'localhost' } }, (response) => {
      response.resume()
      response.once('end', () => done(response.statusCode ?? 0))
    })
    asked.once('error', fail)
    asked.end()
  })
}

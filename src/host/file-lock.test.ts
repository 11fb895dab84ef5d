import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockFile } from './file-lock.ts'

function path(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'x.lock')
}

describe('a lock', () => {
  it('is held by one at a time, and its file is private and empty', async () => {
    const file = path()
    const first = await lockFile(file, 0)
    expect(first.kind).toBe('held')
    expect(await lockFile(file, 0)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('another process holds'),
    })
    const waiting = lockFile(file, 10_000)
    if (first.kind === 'held') first.release()
    const second = await waiting
    expect(second.kind).toBe('held')
    if (second.kind === 'held') second.release()
    expect(statSync(file)).toMatchObject({ size: 0 })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('goes free when its holder is killed', async () => {
    const file = path()
    const script = `
      import { lockFile } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))}
      await lockFile(${JSON.stringify(file)}, 0)
      process.stdout.write('held')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--no-warnings', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect((await lockFile(file, 0)).kind).toBe('failed')
    child.kill('SIGKILL')
    await once(child, 'close')
    const lock = await lockFile(file, 5000)
    expect(lock.kind).toBe('held')
    if (lock.kind === 'held') lock.release()
  })

  it('is refused where its file is something else, or cannot be made', async () => {
    const file = path()
    writeFileSync(file, 'this is no database, and long enough to be looked at as one'.repeat(20))
    expect(await lockFile(file, 0)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('delete it'),
    })
    expect(await lockFile(join(file, 'below'), 0)).toMatchObject({ kind: 'failed' })
    expect(await lockFile(tmpdir(), 0)).toMatchObject({ kind: 'failed' })
  })
})

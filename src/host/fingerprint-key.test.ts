import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadFingerprintKey } from './fingerprint-key.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-key-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

it('is made once, private, and is the same for all who ask at once', async () => {
  const stateDir = join(folder(), 'state')
  const keys = await Promise.all([1, 2, 3, 4].map(() => loadFingerprintKey(stateDir)))
  const hex = keys.map((answer) =>
    answer.kind === 'key' ? answer.key.toString('hex') : answer.why,
  )
  expect(hex[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(hex).size).toBe(1)
  expect(readdirSync(stateDir)).toEqual(['fingerprint.key'])
  expect(statSync(join(stateDir, 'fingerprint.key')).mode & 0o777).toBe(0o600)
  expect(statSync(stateDir).mode & 0o777).toBe(0o700)
})

it('is refused when it is broken, or others could have written it', async () => {
  const stateDir = folder()
  const path = join(stateDir, 'fingerprint.key')
  writeFileSync(path, 'short', { mode: 0o600 })
  expect(await loadFingerprintKey(stateDir)).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('holds no key'),
  })
  writeFileSync(path, 'ab'.repeat(32))
  expect((await loadFingerprintKey(stateDir)).kind).toBe('key')
  chmodSync(path, 0o606)
  expect(await loadFingerprintKey(stateDir)).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('written by everyone'),
  })
})

it('cannot be made below a file', async () => {
  const path = join(folder(), 'f')
  writeFileSync(path, '')
  expect((await loadFingerprintKey(join(path, 'x'))).kind).toBe('failed')
})

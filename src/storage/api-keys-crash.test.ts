/** Whoever changes the API keys at the same time, and whatever ends them, no key that was shown is lost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import type { MintedApiKey } from '../operations/api-keys-keeper.ts'
import { openApiKeysFile, type ApiKeysFile } from './api-keys-file.ts'

const FIXTURE = new URL('./api-keys-file.fixture.ts', import.meta.url).pathname
const PLAIN = 'sk-test-abcdefghijklmnopqrstuvwxyz0123456789'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-keys-'))
  path = join(folder, 'auth', 'api_keys.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function opened(strict = false): Promise<ApiKeysFile> {
  const answer = await openApiKeysFile({
    path,
    strict,
    scopesOf: scopesOfPermissions,
    weakness: () => null,
    fingerprint: () => 'hmac:00000000',
    checkFile: () => null,
    clock: Date.now,
  })
  if (answer.kind === 'refused') throw new Error(answer.problem)
  return answer.keys
}
async function made(keys: ApiKeysFile, wanted: { name: string }): Promise<MintedApiKey> {
  const answer = await keys.create({
    ...wanted,
    permissions: ['read'],
    expiresAt: null,
    rateLimit: null,
  })
  if (answer.kind === 'refused') throw new Error(answer.message)
  return answer
}
const file = async () => JSON.parse(await readFile(path, 'utf8'))

describe('two at once, and crashes', () => {
  function creator(name: string, count: number) {
    const child = spawn(process.execPath, [FIXTURE, path, name, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      child.emit('said')
    })
    return { child, lines }
  }

  test('several processes, and several callers in one, lose nothing and share no id', async () => {
    const keys = await opened()
    const children = [creator('bot', 12), creator('bot', 12), creator('bot', 12)]
    const own = await Promise.all(Array.from({ length: 12 }, () => made(keys, { name: 'bot' })))
    const codes = await Promise.all(children.map(({ child }) => once(child, 'close')))
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0])
    const promised = [
      ...children.flatMap(({ lines }) => lines),
      ...own.map(({ entry, key }) => `${entry.id} ${key.digest()}`),
    ]
    const { keys: entries } = await file()
    expect(
      entries
        .map((entry: { id: string; key_sha256: string }) => `${entry.id} ${entry.key_sha256}`)
        .sort(),
    ).toEqual(promised.sort())
    expect(new Set(entries.map(({ id }: { id: string }) => id)).size).toBe(48)
  })

  test('a reload that began before a change does not bring back the keys of before it', async () => {
    const keys = await opened()
    for (let n = 0; n < 20; n += 1) {
      const [, { key }] = await Promise.all([
        keys.reload(),
        made(keys, { name: 'bot' }),
        keys.reload(),
      ])
      expect(keys.find(key.digest())).not.toBeNull()
    }
  })

  test('kill -9 while keys are made: every key that was shown is there, and the next one can be made', async () => {
    const shown: string[] = []
    for (const kills of [1, 4, 9]) {
      const { child, lines } = creator('bot', 10_000)
      child.on('said', () => lines.length >= kills && child.kill('SIGKILL'))
      await once(child, 'close')
      shown.push(...lines)
      const keys = await opened(true)
      const { entry, key } = await made(keys, { name: 'after' })
      shown.push(`${entry.id} ${key.digest()}`)
    }
    const ids = (await file()).keys.map(
      (entry: { id: string; key_sha256: string }) => `${entry.id} ${entry.key_sha256}`,
    )
    expect(shown.filter((line) => !ids.includes(line))).toEqual([])
  })

  test('a disk that is full leaves the old file and the old keys', async () => {
    const before = JSON.stringify({ keys: [{ id: 'a', key: PLAIN, permissions: ['read'] }] })
    await mkdir(join(folder, 'auth'))
    await writeFile(path, before)
    const script = 'prlimit --pid $$ --fsize=300; exec "$0" "$@"'
    const child = spawn('bash', ['-c', script, process.execPath, FIXTURE, path, 'bot', '1'])
    const [code] = await once(child, 'close')
    expect([code === 0, await readFile(path, 'utf8')]).toEqual([false, before])
    const names = await readdir(join(folder, 'auth'))
    expect(names.sort()).toEqual(['api_keys.json', 'api_keys.json.lock'])
  })
})

/** API keys are made, revoked and rotated in a file that people edit too. */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import { Secret } from '../core/secret.ts'
import type { MintedApiKey, NewApiKey } from '../operations/api-keys-keeper.ts'
import { openApiKeysFile, type ApiKeysFile } from './api-keys-file.ts'

const NOW = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000
const PLAIN = 'sk-test-abcdefghijklmnopqrstuvwxyz0123456789'

let folder = ''
let path = ''
let fault: string | null = null
let now = NOW
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-keys-'))
  path = join(folder, 'auth', 'api_keys.json')
  fault = null
  now = NOW
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function open(strict = false) {
  return openApiKeysFile({
    path,
    strict,
    scopesOf: scopesOfPermissions,
    weakness: (key) => (key.length < 32 ? 'is too short' : null),
    fingerprint: () => 'hmac:00000000',
    checkFile: async () => fault,
    clock: () => now,
  })
}
async function opened(strict = false): Promise<ApiKeysFile> {
  const answer = await open(strict)
  if (answer.kind === 'refused') throw new Error(answer.problem)
  return answer.keys
}
async function written(text: string): Promise<void> {
  await mkdir(join(folder, 'auth'), { recursive: true })
  await writeFile(path, text)
}
async function made(keys: ApiKeysFile, wanted: Partial<NewApiKey> = {}): Promise<MintedApiKey> {
  const answer = await keys.create({
    name: 'Deploy bot',
    permissions: ['read'],
    expiresAt: null,
    rateLimit: null,
    ...wanted,
  })
  if (answer.kind === 'refused') throw new Error(answer.message)
  return answer
}
const file = async () => JSON.parse(await readFile(path, 'utf8'))
const entryText = (id: string, key = PLAIN) =>
  JSON.stringify({ keys: [{ id, key, permissions: ['read'] }] })
const keep = { expiry: { kind: 'keep' as const }, mayMint: () => true }

describe('creating', () => {
  test('S2: writes the digest, never the key, and lets it in at once and after a restart', async () => {
    const keys = await opened()
    const { key, entry } = await made(keys, {
      permissions: ['read', 'write'],
      expiresAt: NOW + DAY_MS,
      rateLimit: 5,
    })
    expect(key.reveal()).toMatch(/^sk-[\w-]{43}$/)
    expect(entry).toMatchObject({ id: 'deploy-bot', plain: false, refused: false, createdAt: NOW })
    expect(await file()).toEqual({
      keys: [
        {
          id: 'deploy-bot',
          key_sha256: key.digest(),
          name: 'Deploy bot',
          permissions: ['read', 'write'],
          created_at: '2026-06-01T00:00:00.000Z',
          expires_at: '2026-06-02T00:00:00.000Z',
          rate_limit: 5,
        },
      ],
    })
    const found = { id: 'deploy-bot', scopes: ['operator.read', 'operator.write'], rateLimit: 5 }
    expect(keys.find(key.digest())).toMatchObject(found)
    expect((await opened(true)).find(key.digest())).toMatchObject(found)
  })

  test('R62: the file is 0600, the folder it needed 0700, also when the file was readable before', async () => {
    await made(await opened())
    const mode = async (name: string) => (await stat(name)).mode & 0o777
    expect([
      await mode(path),
      await mode(join(folder, 'auth')),
      await mode(`${path}.lock`),
    ]).toEqual([0o600, 0o700, 0o600])
    await chmod(path, 0o644)
    await made(await opened())
    expect(await mode(path)).toBe(0o600)
    expect((await readdir(join(folder, 'auth'))).sort()).toEqual([
      'api_keys.json',
      'api_keys.json.lock',
    ])
  })

  test.each([
    ['Deploy bot', ['deploy-bot', 'deploy-bot-2', 'deploy-bot-3']],
    ['Çà va ?!', ['c-a-va', 'c-a-va-2', 'c-a-va-3']],
    ['日本', ['key', 'key-2', 'key-3']],
    ['x'.repeat(90), ['x'.repeat(40), `${'x'.repeat(40)}-2`, `${'x'.repeat(40)}-3`]],
  ])('the id of "%s" is readable and its own', async (name, ids) => {
    const keys = await opened()
    const entries = [
      await made(keys, { name }),
      await made(keys, { name }),
      await made(keys, { name }),
    ]
    expect(entries.map(({ entry }) => entry.id)).toEqual(ids)
  })

  test("everything else in the file stays: other entries, their order, somebody else's fields", async () => {
    const before = {
      $schema: 'x',
      keys: [
        {
          note: 'ours',
          id: 'a',
          key: PLAIN,
          permissions: ['nonsense'],
          extra: { deep: [1, null] },
        },
      ],
      owner: 'ops',
    }
    await written(JSON.stringify(before))
    const keys = await opened()
    await made(keys)
    const after = await file()
    expect(Object.keys(after)).toEqual(['$schema', 'keys', 'owner'])
    expect([after.keys[0], Object.keys(after.keys[0])]).toEqual([
      before.keys[0],
      Object.keys(before.keys[0] ?? {}),
    ])
    await keys.revoke('a')
    expect((await file()).keys[0]).toEqual({
      ...before.keys[0],
      revoked_at: '2026-06-01T00:00:00.000Z',
    })
  })

  test('what cannot be locked is not changed, and is named', async () => {
    await written('{ "keys": [] }')
    await mkdir(`${path}.lock`)
    await expect(made(await opened())).rejects.toThrow(`${path}.lock cannot be locked`)
    expect(await file()).toEqual({ keys: [] })
  })

  test('a link to the file stays a link', async () => {
    await written('{ "keys": [] }')
    const link = join(folder, 'link.json')
    await symlink(path, link)
    const target = path
    path = link
    await made(await opened())
    path = target
    expect((await file()).keys).toHaveLength(1)
  })
})

describe('revoking', () => {
  test('the key is known as revoked at once, and stays so', async () => {
    const keys = await opened()
    const { key } = await made(keys)
    expect(await keys.revoke('deploy-bot')).toMatchObject({
      kind: 'revoked',
      entry: { revokedAt: NOW },
    })
    expect(keys.find(key.digest())).toMatchObject({ revokedAt: NOW })
    now += DAY_MS
    expect(await keys.revoke('deploy-bot')).toMatchObject({
      kind: 'revoked',
      entry: { revokedAt: NOW },
    })
    expect(await keys.rotate({ id: 'deploy-bot', ...keep })).toMatchObject({
      kind: 'refused',
      message: /revoked for good/,
    })
  })

  test('a key that is not there is named', async () => {
    const keys = await opened()
    const message = 'there is no API key "nobody": see `openclaw api-keys list`'
    expect(await keys.revoke('nobody')).toEqual({ kind: 'refused', message })
    expect(await keys.rotate({ id: 'nobody', ...keep })).toEqual({ kind: 'refused', message })
  })
})

describe('rotating', () => {
  test('the new key has the same id and permissions, and the old one is dead at once', async () => {
    const keys = await opened()
    const { key: old } = await made(keys, { permissions: ['write'], rateLimit: 9 })
    const answer = await keys.rotate({ id: 'deploy-bot', ...keep })
    if (answer.kind === 'refused') throw new Error(answer.message)
    expect(keys.find(old.digest())).toBeNull()
    expect(keys.find(answer.key.digest())).toMatchObject({
      id: 'deploy-bot',
      scopes: ['operator.write'],
      rateLimit: 9,
    })
  })

  test('a key in plain text is replaced by a digest', async () => {
    await written(entryText('a'))
    const keys = await opened()
    await keys.rotate({ id: 'a', ...keep })
    expect(await readFile(path, 'utf8')).not.toContain(PLAIN)
    expect(keys.find(new Secret(PLAIN).digest())).toBeNull()
  })

  test.each<{ name: string; expiresAt: number | null; after: number; expect: number | null }>([
    { name: 'no end stays no end', expiresAt: null, after: DAY_MS, expect: null },
    {
      name: 'an end to come stays',
      expiresAt: NOW + 30 * DAY_MS,
      after: 10 * DAY_MS,
      expect: NOW + 30 * DAY_MS,
    },
    {
      name: 'an expired key lives as long again',
      expiresAt: NOW + 30 * DAY_MS,
      after: 40 * DAY_MS,
      expect: NOW + 70 * DAY_MS,
    },
  ])('$name', async ({ expiresAt, after, expect: expected }) => {
    const keys = await opened()
    await made(keys, { expiresAt })
    now += after
    expect(await keys.rotate({ id: 'deploy-bot', ...keep })).toMatchObject({
      entry: { expiresAt: expected },
    })
  })

  test('an end may be given, and must be where nobody knows how long the key was meant to live', async () => {
    await written(
      JSON.stringify({
        keys: [{ id: 'a', key: PLAIN, permissions: ['read'], expires_at: '2026-01-01' }],
      }),
    )
    const keys = await opened()
    expect(await keys.rotate({ id: 'a', ...keep })).toMatchObject({
      kind: 'refused',
      message: /say with --expires/,
    })
    const given = { id: 'a', expiry: { kind: 'set' as const, at: NOW + 5 }, mayMint: () => true }
    expect(await keys.rotate(given)).toMatchObject({
      kind: 'minted',
      entry: { expiresAt: NOW + 5 },
    })
  })

  test('R10: whoever may not hold what the key grants gets no new one, and the old one lives', async () => {
    const keys = await opened()
    const { key } = await made(keys, { permissions: ['write'] })
    const asked: unknown[] = []
    const mayMint = (scopes: unknown) => (asked.push(scopes), false)
    expect(await keys.rotate({ id: 'deploy-bot', expiry: keep.expiry, mayMint })).toMatchObject({
      kind: 'refused',
      message: /more than you hold/,
    })
    expect([asked, keys.find(key.digest()) !== null]).toEqual([[['operator.write']], true])
  })
})

describe('a file that people edit', () => {
  test('one that is not there holds no keys, and says so', async () => {
    const answer = await open()
    expect(answer).toMatchObject({
      kind: 'opened',
      warnings: [
        `${path} is not there: no API key is accepted. Make one with \`openclaw api-keys create\``,
      ],
    })
  })

  test.each<{ name: string; text: string | Buffer; problem: RegExp }>([
    {
      name: 'broken JSON',
      text: `{ "keys": [\n{ "id": "a", "key": "${PLAIN}" ]`,
      problem: /api_keys\.json line 2: not JSON/,
    },
    { name: 'no UTF-8', text: Buffer.from([0x7b, 0xff, 0x7d]), problem: /is no UTF-8 text/ },
    { name: 'an empty file', text: '', problem: /line 1: not JSON/ },
  ])('$name stops the start, and a running gateway keeps its keys', async ({ text, problem }) => {
    await written(entryText('a'))
    const keys = await opened()
    await writeFile(path, text)
    expect(await open()).toMatchObject({ kind: 'refused', problem: expect.stringMatching(problem) })
    expect(await keys.reload()).toMatchObject({
      kind: 'kept',
      problem: expect.stringMatching(problem),
    })
    expect(await keys.reload()).toEqual({ kind: 'unchanged' })
    expect(keys.find(new Secret(PLAIN).digest())).not.toBeNull()
    expect(await keys.revoke('a')).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/nothing was changed$/),
    })
    expect(await readFile(path)).toEqual(Buffer.from(text))
  })

  test('an edit counts from the next reload on; what is gone is gone; an untouched file is not read again', async () => {
    await written(entryText('a'))
    const keys = await opened()
    expect(await keys.reload()).toEqual({ kind: 'unchanged' })
    const other = `${PLAIN}-other`
    await writeFile(path, `\uFEFF${entryText('b', other)}`)
    expect(await keys.reload()).toEqual({ kind: 'loaded', warnings: [] })
    expect([
      keys.find(new Secret(PLAIN).digest()),
      keys.find(new Secret(other).digest())?.id,
    ]).toEqual([null, 'b'])
    await rm(path)
    expect(await keys.reload()).toMatchObject({ kind: 'loaded' })
    expect(keys.list()).toEqual([])
  })

  test('an untrusted owner or permission refuses the file', async () => {
    await written(entryText('a'))
    const keys = await opened()
    fault = `${path} may be written by others. chmod go-w it`
    expect(await open()).toEqual({ kind: 'refused', problem: fault })
    expect(
      await keys.create({ name: 'x', permissions: ['read'], expiresAt: null, rateLimit: null }),
    ).toEqual({ kind: 'refused', message: `${fault}; nothing was changed` })
  })

  test('a folder in its place is said in words', async () => {
    await mkdir(path, { recursive: true })
    expect(await open()).toMatchObject({
      kind: 'refused',
      problem: expect.stringMatching(/is not a file: put one there/),
    })
  })

  test('a weak key is let in on plain loopback alone, and a change of that counts without a restart', async () => {
    await written(entryText('a', 'sk-short'))
    const digest = new Secret('sk-short').digest()
    const keys = await opened(false)
    expect(keys.find(digest)).not.toBeNull()
    expect(await keys.reload({ path, strict: true })).toMatchObject({
      kind: 'loaded',
      warnings: [expect.stringContaining('is refused')],
    })
    expect([keys.find(digest), keys.list()[0]?.refused]).toEqual([null, true])
  })

  test('another path counts at once if it can be read, else the old one stays', async () => {
    await written(entryText('a'))
    const keys = await opened()
    const elsewhere = join(folder, 'other.json')
    await writeFile(elsewhere, '{')
    expect(await keys.reload({ path: elsewhere, strict: false })).toMatchObject({ kind: 'kept' })
    expect(keys.list().map(({ id }) => id)).toEqual(['a'])
    await writeFile(elsewhere, entryText('b'))
    expect(await keys.reload({ path: elsewhere, strict: false })).toMatchObject({ kind: 'loaded' })
    await made(keys)
    expect(JSON.parse(await readFile(elsewhere, 'utf8')).keys).toHaveLength(2)
  })
})

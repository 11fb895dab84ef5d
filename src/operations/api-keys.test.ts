/** Operators make, list, revoke and rotate API keys. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import type { Scope } from '../access/scopes.ts'
import { Secret } from '../core/secret.ts'
import { openApiKeysFile, type ApiKeysFile } from '../storage/api-keys-file.ts'
import { apiKeysCreate } from './api-keys-create.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import { apiKeysList } from './api-keys-list.ts'
import { apiKeysRevoke } from './api-keys-revoke.ts'
import { apiKeysRotate } from './api-keys-rotate.ts'
import { operatorCall, runOperation } from './operator-call.fixture.ts'

const NOW = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000

let folder = ''
let path = ''
let dead: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-keys-'))
  path = join(folder, 'api_keys.json')
  dead = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function operations() {
  const opened = await openApiKeysFile({
    path,
    strict: true,
    scopesOf: scopesOfPermissions,
    weakness: () => null,
    fingerprint: () => 'hmac:00000000',
    checkFile: () => null,
    clock: () => NOW,
  })
  if (opened.kind === 'refused') throw new Error(opened.problem)
  const parts = { keys: opened.keys, clock: () => NOW, onDead: (id: string) => dead.push(id) }
  return {
    keys: opened.keys,
    list: apiKeysList(parts),
    create: apiKeysCreate(parts),
    revoke: apiKeysRevoke(parts),
    rotate: apiKeysRotate(parts),
  }
}
const shownIn = (answer: unknown) => /"key":"(sk-[^"]+)"/.exec(JSON.stringify(answer))?.[1] ?? ''
const known = (keys: ApiKeysFile, key: string) => keys.find(new Secret(key).digest())
const DEPLOY = { name: ' Deploy bot ', permissions: ['read', 'read'], expires: '30d' }

test('a key is shown when it is made, and by no list afterwards', async () => {
  const { create, list, keys } = await operations()
  const made = await runOperation(create, DEPLOY)
  const key = shownIn(made)
  expect(made).toMatchObject({
    id: 'deploy-bot',
    name: 'Deploy bot',
    state: 'active',
    permissions: ['read'],
    scopes: ['operator.read'],
    createdAt: NOW,
    expiresAt: NOW + 30 * DAY_MS,
    revokedAt: null,
    rateLimit: null,
    plainText: false,
    fingerprint: `sha256:${new Secret(key).digest().slice(0, 8)}`,
  })
  expect(known(keys, key)?.id).toBe('deploy-bot')
  const listed = JSON.stringify(await runOperation(list))
  expect(listed).toContain('deploy-bot')
  expect(`${listed}${await readFile(path, 'utf8')}`).not.toContain(key)
})

test('a key that is revoked or rotated is dead when the answer comes, and its connections are cut', async () => {
  const { create, revoke, rotate, keys } = await operations()
  const first = shownIn(await runOperation(create, DEPLOY))
  const second = shownIn(await runOperation(rotate, { id: 'deploy-bot' }))
  expect([known(keys, first), known(keys, second)?.revokedAt, dead]).toEqual([
    null,
    null,
    ['deploy-bot'],
  ])
  expect(await runOperation(revoke, { id: 'deploy-bot' })).toMatchObject({
    id: 'deploy-bot',
    state: 'revoked',
    revokedAt: NOW,
  })
  expect([known(keys, second)?.revokedAt, dead]).toEqual([NOW, ['deploy-bot', 'deploy-bot']])
})

test('an id that is not there is named and cuts nobody off', async () => {
  const { revoke, rotate } = await operations()
  await expect(runOperation(revoke, { id: 'x' })).rejects.toMatchObject({
    reason: 'invalid_input',
    message: expect.stringContaining('no API key "x"'),
  })
  await expect(runOperation(rotate, { id: 'x' })).rejects.toThrow('no API key "x"')
  expect(dead).toEqual([])
})

describe('R10: a minted key never exceeds whoever mints it', () => {
  test.each<{ held: readonly Scope[]; permissions: readonly string[]; minted: boolean }>([
    { held: ['operator.admin'], permissions: ['read', 'write', 'execute-actions'], minted: true },
    { held: ['operator.write'], permissions: ['read', 'write'], minted: true },
    { held: ['operator.read'], permissions: ['read'], minted: true },
    { held: ['operator.read'], permissions: ['write'], minted: false },
    { held: ['operator.write'], permissions: ['read', 'execute-actions'], minted: false },
    { held: [], permissions: ['read'], minted: false },
  ])('$held may mint $permissions: $minted', async ({ held, permissions, minted }) => {
    const { create, rotate, keys } = await operations()
    const answer = runOperation(create, { name: 'a', permissions }, operatorCall(held))
    if (minted) await expect(answer).resolves.toMatchObject({ id: 'a' })
    else await expect(answer).rejects.toMatchObject({ reason: 'missing_scope' })
    expect(keys.list()).toHaveLength(minted ? 1 : 0)

    await runOperation(create, { name: 'b', permissions })
    const rotated = runOperation(rotate, { id: 'b' }, operatorCall(held))
    if (minted) await expect(rotated).resolves.toMatchObject({ id: 'b' })
    else await expect(rotated).rejects.toThrow('more than you hold')
  })
})

describe('bad input makes no key', () => {
  test.each<object>([
    { permissions: ['read'] },
    { name: '', permissions: ['read'] },
    { name: '   ', permissions: ['read'] },
    { name: 'a\u001b[2J', permissions: ['read'] },
    { name: 'x'.repeat(101), permissions: ['read'] },
    { name: 'a' },
    { name: 'a', permissions: [] },
    { name: 'a', permissions: [''] },
    { name: 'a', permissions: ['admin'] },
    { name: 'a', permissions: 'read' },
    { name: 'a', permissions: ['read'], rateLimit: 0 },
    { name: 'a', permissions: ['read'], rateLimit: 1.5 },
    { name: 'a', permissions: ['read'], expires: 'soon' },
    { name: 'a', permissions: ['read'], expires: '2020-01-01' },
    { name: 'a', permissions: ['read'], key: 'sk-chosen-by-the-caller-0123456789abcdef' },
  ])('%o', async (input) => {
    const { create, keys } = await operations()
    await expect(runOperation(create, input)).rejects.toThrow()
    expect(keys.list()).toEqual([])
  })
})

describe('when a key ends', () => {
  test.each<[string, number | null]>([
    ['30d', NOW + 30 * DAY_MS],
    ['12h', NOW + DAY_MS / 2],
    ['45m', NOW + 45 * 60_000],
    ['2w', NOW + 14 * DAY_MS],
    ['2026-12-31', Date.UTC(2026, 11, 31)],
    ['2026-12-31T18:00:00+02:00', Date.UTC(2026, 11, 31, 16)],
    ['never', null],
  ])('%s', (written, at) => {
    expect(parseExpiry(written, NOW)).toBe(at)
  })

  test.each([
    '',
    '0d',
    '-1d',
    '30',
    '30 days',
    '1.5d',
    '2026-02-30',
    '2026-13-01',
    '2020-01-01',
    '999999w',
    'yesterday',
    '9999999d',
  ])('%s is refused', (written) => {
    expect(() => parseExpiry(written, NOW)).toThrow(/^expires: /)
  })
})

test('all are for admins, and what changes something says so', async () => {
  const { list, create, revoke, rotate } = await operations()
  expect([list, create, revoke, rotate].map(({ requires }) => requires)).toEqual(
    Array.from({ length: 4 }, () => 'operator.admin'),
  )
  expect([list, create, revoke, rotate].map(({ changes }) => changes)).toEqual([
    false,
    true,
    true,
    true,
  ])
})

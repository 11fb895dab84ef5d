/** `security audit --fix` does the same when it is typed twice, and nobody may anything afterwards that they might not before. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { auditState } from '../src/app/command-audit.ts'
import { plainKeysIn } from '../src/app/audit-keys.ts'
import { look } from '../src/app/audit-look.ts'
import { mend } from '../src/app/audit-mend.ts'
import { battery, gained, rightsOf } from '../src/audit/battery.ts'
import type { Finding, Repair } from '../src/audit/types.ts'
import { CHANNEL_ROWS } from './audit/rows-channels.ts'
import { CONFIG_ROWS } from './audit/rows-config.ts'
import { FS_ROWS } from './audit/rows-fs.ts'
import { GATEWAY_ROWS } from './audit/rows-gateway.ts'
import { sceneOf, type AuditState, type Scene } from './audit/scene.fixture.ts'
import { TOKEN } from './gateway.ts'

const ROOT = process.getuid?.() === 0
const ROWS = Object.entries({ ...GATEWAY_ROWS, ...FS_ROWS, ...CHANNEL_ROWS, ...CONFIG_ROWS })
const STRONG = `sk-${'k1'.repeat(24)}`
const WEAK = 'sk-short'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

async function place(state: AuditState): Promise<Scene> {
  const scene = await sceneOf(state)
  scenes.push(scene)
  return scene
}

function fix({ io }: Scene) {
  const silent = { stdout: () => {}, stderr: () => {}, isTty: false, columns: null }
  return auditState({ deep: false, fix: true }, { ...silent, ...io })
}

/** Everything below the state dir, not through links: mode and text. */
function everything(dir: string, path = '.'): Readonly<Record<string, string>> {
  const stats = lstatSync(join(dir, path))
  const text = stats.isFile() ? readFileSync(join(dir, path), 'latin1') : ''
  const names = stats.isDirectory() ? readdirSync(join(dir, path)) : []
  const below = names.map((name) => everything(dir, join(path, name)))
  return Object.assign({ [path]: `${stats.mode.toString(8)} ${text}` }, ...below)
}

async function fixIsSafe(state: AuditState): Promise<void> {
  const scene = await place(state)
  const before = await look(scene.io)
  const keys = await plainKeysIn(before.facts.config)
  const requests = battery(before.facts.config, keys)
  expect(requests.length).toBeGreaterThan(200)
  const rights = rightsOf(requests, before.facts)
  const { repaired } = await fix(scene)
  expect(repaired.filter(({ done }) => !done)).toEqual([])

  const after = await look(scene.io)
  expect(gained(rights, rightsOf(requests, after.facts))).toBe(0)
  const once = everything(scene.dir)
  const again = await fix(scene)
  expect(again.repaired).toEqual([])
  expect(everything(scene.dir)).toEqual(once)
}

describe('the states of all checks', () => {
  test.each(ROWS.filter(([, { needsRoot = false }]) => ROOT || !needsRoot))(
    '%s',
    async (_, { wrong }) => {
      await fixIsSafe(wrong)
    },
  )
})

const files = {
  '.env': 'A=b',
  'auth/api_keys.json': JSON.stringify({
    keys: [
      { id: 'strong', key: STRONG, permissions: ['read', 'write'] },
      { id: 'weak', key: WEAK, permissions: ['read'] },
    ],
  }),
  'records/1.jsonl': '{}\n',
  'credentials/anthropic.json': '{}',
  workspace: 'notes',
}
const PATHS = ['.', 'openclaw.json', 'auth', 'credentials', ...Object.keys(files)]

const anyState = fc.record({
  modes: fc.dictionary(fc.constantFrom(...PATHS), fc.integer({ min: 0, max: 0o77 }), {
    minKeys: 1,
    maxKeys: 6,
  }),
  bind: fc.constantFrom('loopback', 'lan'),
  mode: fc.constantFrom('token', 'password', 'none', 'trusted-proxy'),
  proxies: fc.constantFrom([], ['127.0.0.1'], ['10.0.0.0/8']),
  dm: fc.constantFrom('open', 'locked', 'pairing'),
  from: fc.constantFrom([], ['*'], ['123']),
})

test('states that nobody thought of', async () => {
  await fc.assert(
    fc.asyncProperty(anyState, async ({ modes, bind, mode, proxies, dm, from }) => {
      await fixIsSafe({
        files,
        config: {
          gateway: {
            bind,
            trustedProxies: proxies,
            auth: {
              mode,
              token: TOKEN,
              password: 'correct-horse-battery',
              trustedProxy: { userHeader: 'x-user', allowLoopback: true },
            },
          },
          security: { apiKeys: { enabled: true } },
          channels: { telegram: { token: '1:x', dmPolicy: dm, allowFrom: from } },
        },
        modes: Object.fromEntries(
          Object.entries(modes).map(([path, others]) => [path, 0o700 | others]),
        ),
      })
    }),
    { numRuns: 60, seed: 9 },
  )
})

describe('plain API keys', () => {
  const state = { files, config: { security: { apiKeys: { enabled: true } } } }

  test('become digests, open what they opened, and are in no copy', async () => {
    const scene = await place(state)
    await fix(scene)
    const texts = Object.values(everything(scene.dir)).join('')
    expect(texts).not.toContain(STRONG)
    const { facts } = await look(scene.io)
    const shown = { peer: '203.0.113.7', headers: [`Authorization: Bearer ${STRONG}`] }
    expect(facts.decide(shown)).toMatchObject({ kind: 'allowed', principal: 'api-key:strong' })
  })

  test('stay where they are weak: as digests they would be let in where they are refused', async () => {
    const scene = await place(state)
    await fix(scene)
    const kept = readFileSync(join(scene.dir, 'auth/api_keys.json'), 'utf8')
    expect(JSON.parse(kept)).toMatchObject({ keys: [{ id: 'strong' }, { id: 'weak', key: WEAK }] })
  })
})

describe('a repair by which somebody would get in', () => {
  const config = {
    gateway: { auth: { mode: 'token', token: TOKEN } },
    channels: { telegram: { token: '1:x' } },
  }
  const WIDENING: readonly (readonly [string, Repair])[] = [
    ['a page', { kind: 'set', key: 'gateway.controlUi.allowedOrigins', value: ['*'] }],
    ['somebody who asks', { kind: 'set', key: 'channels.telegram.dmPolicy', value: 'pairing' }],
  ]

  test.each(WIDENING)('is taken back: %s', async (_, repair) => {
    const locked = { telegram: { token: '1:x', dmPolicy: 'locked', allowFrom: ['123'] } }
    const scene = await place({ config: { ...config, channels: locked } })
    const before = everything(scene.dir)['openclaw.json']
    const { repaired } = await mend([findingWith(repair)], await look(scene.io), scene.io)
    expect(repaired).toEqual([
      { checkId: 'test', what: expect.stringContaining('taken back'), done: false },
    ])
    expect(everything(scene.dir)['openclaw.json']).toBe(before)
  })

  test('is no repair that opens nothing', async () => {
    const scene = await place({ config })
    const repair: Repair = { kind: 'set', key: 'gateway.port', value: 1024 }
    const { repaired } = await mend([findingWith(repair)], await look(scene.io), scene.io)
    expect(repaired).toMatchObject([{ done: true }])
    expect(everything(scene.dir)['openclaw.json']).toContain('1024')
  })
})

function findingWith(repair: Repair): Finding {
  return {
    checkId: 'test',
    severity: 'warning',
    title: '',
    detail: '',
    fix: '',
    repairs: [repair],
  }
}

import { chmodSync, existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { configHost } from '../host/config-host.ts'
import { folder, loaded, refusal, type Folder } from './folder.fixture.ts'
import { endLogin, keepLogin, type LoginEnd } from './login.ts'

const KEY = `sk-ant-${'k3y'.repeat(12)}`
const FILE = 'credentials/anthropic-oauth.json'
const SETTING = ['models', 'providers', 'anthropic', 'apiKey']

const placeIn = ({ path }: Folder) => ({ stateDir: path, host: configHost({ HOME: path }) })

function keep(
  dir: Folder,
  key = KEY,
  provider: 'anthropic' | 'openai' = 'anthropic',
): Promise<LoginEnd> {
  return keepLogin(placeIn(dir), { provider, key: new Secret(key), now: 0 })
}

async function keyIn(dir: Folder, env = {}): Promise<string | undefined> {
  const { config } = await loaded(dir.request({ env }))
  return config.models.providers['anthropic']?.apiKey?.reveal()
}

describe('a provider’s key', () => {
  it('is kept for its owner alone, and counts where nothing else names one', async () => {
    const dir = folder()
    expect(await keep(dir)).toEqual({ kind: 'done', file: dir.file(FILE) })
    expect(statSync(dir.file(FILE)).mode & 0o777).toBe(0o600)
    expect(statSync(dir.file('credentials')).mode & 0o777).toBe(0o700)
    expect(await keyIn(dir)).toBe(KEY)
    expect(await keyIn(dir, { ANTHROPIC_API_KEY: 'from-environment' })).toBe('from-environment')
    dir.write(
      'openclaw.json',
      JSON.stringify({ models: { providers: { anthropic: { apiKey: 'from-config' } } } }),
    )
    expect(await keyIn(dir)).toBe('from-config')
    const { offers, kept } = await loaded(dir.request())
    expect(offers(SETTING).map(({ from }) => from)).toEqual(['config', 'credentials'])
    expect(kept.map((secret) => secret.reveal())).toEqual([KEY])
  })

  it('is replaced by the next one, and removed', async () => {
    const dir = folder()
    await keep(dir)
    await keep(dir, `${KEY}2`)
    expect(await keyIn(dir)).toBe(`${KEY}2`)
    expect(await endLogin(placeIn(dir), 'anthropic')).toMatchObject({ kind: 'done' })
    expect(existsSync(dir.file(FILE))).toBe(false)
    expect(await keyIn(dir)).toBeUndefined()
    expect(await endLogin(placeIn(dir), 'anthropic')).toMatchObject({ kind: 'absent' })
  })

  it.each([
    ['anthropic', '', /is empty/],
    ['anthropic', 'sk-ant-your-key-here', /placeholder/],
    ['anthropic', `sk-${'x'.repeat(40)}`, /does not begin with sk-ant-/],
    ['anthropic', `${KEY} x`, /something other than letters/],
    ['anthropic', 'sk-ant-short', /has 12 characters/],
    ['openai', KEY, /is one of Anthropic/],
    ['openai', 'x'.repeat(40), /does not begin with sk-/],
  ] as const)('of %s is not %j', async (provider, key, says) => {
    const dir = folder()
    expect(await keep(dir, key, provider)).toMatchObject({ message: expect.stringMatching(says) })
    expect(existsSync(dir.file('credentials'))).toBe(false)
  })
})

describe('a file in its place', () => {
  const cases: readonly (readonly [string, (dir: Folder) => void, RegExp])[] = [
    [
      'that something else wrote',
      (dir) => dir.write(FILE, '{"access_token":"hidden"}'),
      /holds no key that `openclaw login` wrote\. Move it away/,
    ],
    ['that is no JSON', (dir) => dir.write(FILE, '{'), /holds no key/],
    [
      'that others can write',
      (dir) => chmodSync(dir.file(FILE), 0o666),
      /can be written by everyone/,
    ],
  ]
  it.each(cases)(
    '%s ends the start, and is neither replaced nor removed',
    async (_, spoil, says) => {
      const dir = folder()
      await keep(dir)
      spoil(dir)
      const before = dir.read(FILE)
      expect(await refusal(dir.request())).toMatch(says)
      expect((await keep(dir)).kind).toBe('no')
      expect((await endLogin(placeIn(dir), 'anthropic')).kind).toBe('no')
      expect(dir.read(FILE)).toBe(before)
      expect((await loaded(dir.request({ missing: 'omit' }))).warnings).toMatchObject([
        { code: 'login_unreadable' },
      ])
    },
  )
})

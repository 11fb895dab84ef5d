import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstStart } from './first-start.ts'
import { folder, TOKEN } from './folder.fixture.ts'

describe('the first start', () => {
  it('makes a private folder and a token of 32 bytes', async () => {
    const dir = folder()
    const stateDir = dir.file('home/.openclaw')
    const started = await firstStart(dir.request({ env: { OPENCLAW_STATE_DIR: stateDir } }))
    expect(started).toMatchObject({
      kind: 'ready',
      generated: true,
      rules: { mode: 'token', problems: [], warnings: [] },
    })
    expect(statSync(stateDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(stateDir, 'openclaw.json')).mode & 0o777).toBe(0o600)
    const config = started.kind === 'ready' ? started.loaded.config : null
    expect(config?.gateway.auth.mode).toBe('token')
    expect(config?.gateway.auth.token?.reveal()).toMatch(/^[0-9a-f]{64}$/)
  })

  it('of two at once ends with one token', async () => {
    const dir = folder()
    const both = await Promise.all([firstStart(dir.request()), firstStart(dir.request())])
    const tokens = both.map((started) =>
      started.kind === 'ready' ? started.loaded.config.gateway.auth.token?.reveal() : null,
    )
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(tokens[1]).toBe(tokens[0])
  })

  it('writes into the file that is there, whatever its language', async () => {
    const dir = folder({ 'gateway.yaml': 'gateway:\n  port: 8080 # mine\n' })
    expect(await firstStart(dir.request())).toMatchObject({ kind: 'ready', generated: true })
    expect(existsSync(dir.file('openclaw.json'))).toBe(false)
    expect(dir.read('gateway.yaml')).toContain('# mine')
  })

  it.each([
    ['a token is configured', { 'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}}}` }, {}],
    ['the environment has one', {}, { OPENCLAW_GATEWAY_TOKEN: TOKEN }],
    [
      'only a password is configured',
      { 'openclaw.json': '{gateway:{auth:{password:"correct-horse-battery"}}}' },
      {},
    ],
    ['the gateway would be open to others', { 'openclaw.json': '{gateway:{bind:"lan"}}' }, {}],
  ])('makes none when %s', async (_, files, env) => {
    const dir = folder(files)
    expect(await firstStart(dir.request({ env }))).toMatchObject({
      kind: 'ready',
      generated: false,
    })
    expect(existsSync(dir.file('openclaw.json'))).toBe('openclaw.json' in files)
  })

  it('says what is wrong where the file cannot be written', async () => {
    const dir = folder({ blocked: 'a file in place of the folder' })
    const started = await firstStart(
      dir.request({ env: { OPENCLAW_STATE_DIR: dir.file('blocked/state') } }),
    )
    expect(started.kind === 'refused' && started.problems[0]?.message).toMatch(/ENOTDIR/)
  })
})

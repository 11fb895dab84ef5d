import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../core/secret.ts'
import { openDeviceTokens, type DeviceTokens } from './device-tokens.ts'

const HOME = 'wss://home.test'
const ME = { deviceId: 'ab'.repeat(32), role: 'operator' }
const first = { token: new Secret('ocd_first'), scopes: ['operator.read'] }
const second = { token: new Secret('ocd_second'), scopes: ['operator.read', 'operator.write'] }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-tokens-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const fileIn = (stateDir: string): string => join(stateDir, 'identity/gateway-tokens.json')

async function tokensOf(stateDir: string, gateway = HOME): Promise<DeviceTokens> {
  const opened = await openDeviceTokens(stateDir, gateway)
  if (opened.kind === 'refused') throw new Error(opened.message)
  return opened.tokens
}

async function stored(stateDir: string, gateway = HOME, token = first): Promise<void> {
  const tokens = await tokensOf(stateDir, gateway)
  tokens.store(ME, token)
  expect(await tokens.saved()).toEqual({ kind: 'written' })
}

const revealed = (tokens: DeviceTokens, holder = ME) => tokens.load(holder)?.token.reveal()

describe('device tokens', () => {
  it('are kept, private, and looking makes no file', async () => {
    const stateDir = folder()
    expect((await tokensOf(stateDir)).load(ME)).toBeNull()
    expect(() => statSync(join(stateDir, 'identity'))).toThrow(/ENOENT/)
    await stored(stateDir)
    expect(revealed(await tokensOf(stateDir))).toBe('ocd_first')
    expect((await tokensOf(stateDir)).load(ME)?.scopes).toEqual(['operator.read'])
    expect(statSync(fileIn(stateDir)).mode & 0o777).toBe(0o600)
    expect(statSync(join(stateDir, 'identity')).mode & 0o777).toBe(0o700)
  })

  it('R39: each is for the gateway it came from, for its role, and for this device alone', async () => {
    const stateDir = folder()
    await stored(stateDir)
    for (const elsewhere of ['wss://home.test:444', 'ws://home.test', 'wss://home.test/other'])
      expect((await tokensOf(stateDir, elsewhere)).load(ME)).toBeNull()
    const home = await tokensOf(stateDir)
    expect(home.load({ ...ME, role: 'node' })).toBeNull()
    expect(home.load({ ...ME, deviceId: 'cd'.repeat(32) })).toBeNull()
  })

  it('are replaced by newer ones, and by nothing else (R47)', async () => {
    const stateDir = folder()
    await stored(stateDir)
    await stored(stateDir, 'wss://other.test')
    await stored(stateDir, HOME, second)
    expect(revealed(await tokensOf(stateDir))).toBe('ocd_second')
    expect(revealed(await tokensOf(stateDir, 'wss://other.test'))).toBe('ocd_first')
  })

  it('that two commands get at once are both kept', async () => {
    const stateDir = folder()
    const gateways = Array.from({ length: 8 }, (_, index) => `wss://g${index}.test`)
    await Promise.all(gateways.map((gateway) => stored(stateDir, gateway)))
    for (const gateway of gateways)
      expect(revealed(await tokensOf(stateDir, gateway))).toBe('ocd_first')
  })

  it('are not written again when nothing changed', async () => {
    const stateDir = folder()
    await stored(stateDir)
    const { ino } = statSync(fileIn(stateDir))
    await stored(stateDir)
    expect(statSync(fileIn(stateDir)).ino).toBe(ino)
  })

  it('leave what an older command line keeps in the same file alone', async () => {
    const stateDir = folder()
    mkdirSync(join(stateDir, 'identity'), { mode: 0o700 })
    const older = { version: 1, deviceId: 'x', tokens: { operator: { token: 'old', scopes: [] } } }
    writeFileSync(fileIn(stateDir), JSON.stringify(older), { mode: 0o600 })
    await stored(stateDir)
    expect(JSON.parse(readFileSync(fileIn(stateDir), 'utf8'))).toMatchObject(older)
    expect(revealed(await tokensOf(stateDir))).toBe('ocd_first')
  })

  it.each([
    ['damaged', (path: string) => writeFileSync(path, '{'), 'is damaged, and is left as it is'],
    ['of another shape', (path: string) => writeFileSync(path, '{"version":9}'), 'is damaged'],
    ['for everyone to read', (path: string) => chmodSync(path, 0o644), 'can be read by everyone'],
    ['for everyone to write', (path: string) => chmodSync(path, 0o602), 'can be written by'],
  ])('R47: a file that is %s is refused and stays', async (_what, spoil, message) => {
    const stateDir = folder()
    await stored(stateDir)
    const tokens = await tokensOf(stateDir)
    spoil(fileIn(stateDir))
    const spoilt = readFileSync(fileIn(stateDir), 'utf8')
    expect(await openDeviceTokens(stateDir, HOME)).toEqual({
      kind: 'refused',
      message: expect.stringContaining(`${fileIn(stateDir)} ${message}`),
    })
    tokens.store(ME, second)
    expect(await tokens.saved()).toMatchObject({ kind: 'failed' })
    expect(readFileSync(fileIn(stateDir), 'utf8')).toBe(spoilt)
  })

  it('R59: are printed by nobody', async () => {
    const stateDir = folder()
    await stored(stateDir)
    expect(JSON.stringify((await tokensOf(stateDir)).load(ME))).not.toContain('ocd_first')
  })
})

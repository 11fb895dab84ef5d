import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ensureDeviceIdentity,
  publicKeyRawBase64UrlFromPem,
  readDeviceIdentity,
  signDevicePayload,
} from './device-identity.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const root = process.getuid?.() === 0

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-device-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const modeOf = (path: string): number => statSync(path).mode & 0o777

async function paired(): Promise<{ stateDir: string; path: string; text: string }> {
  const stateDir = join(folder(), 'state')
  await ensureDeviceIdentity(stateDir, NOW)
  const path = join(stateDir, 'identity/this-machine.json')
  return { stateDir, path, text: readFileSync(path, 'utf8') }
}

describe('the device identity', () => {
  it('is made when it is needed, private, and never by looking', async () => {
    const stateDir = join(folder(), 'state')
    expect(await readDeviceIdentity(stateDir)).toEqual({ kind: 'absent' })
    expect(() => statSync(stateDir)).toThrow(/ENOENT/)

    expect(await ensureDeviceIdentity(stateDir, NOW)).toMatchObject({ kind: 'identity' })
    const path = join(stateDir, 'identity/this-machine.json')
    expect([modeOf(path), modeOf(join(stateDir, 'identity'))]).toEqual([0o600, 0o700])
    expect(readdirSync(join(stateDir, 'identity'))).toEqual(['this-machine.json'])
  })

  it('is kept in the format of the wire’s own command line', async () => {
    const { text } = await paired()
    const { version, deviceId, publicKeyPem, privateKeyPem, createdAtMs, ...more } =
      JSON.parse(text)
    expect([version, createdAtMs, more]).toEqual([1, NOW, {}])
    expect(publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    const raw = Buffer.from(publicKeyRawBase64UrlFromPem(publicKeyPem), 'base64url')
    expect(raw).toHaveLength(32)
    expect(deviceId).toBe(createHash('sha256').update(raw).digest('hex'))
  })

  it('is the same for all who ask at once, and for ever', async () => {
    const stateDir = join(folder(), 'state')
    const made = await Promise.all([1, 2, 3, 4].map(() => ensureDeviceIdentity(stateDir, NOW)))
    const ids = made.map((read) => (read.kind === 'identity' ? read.identity.deviceId : read.kind))
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(ids).size).toBe(1)
    expect(await readDeviceIdentity(stateDir)).toMatchObject({ identity: { deviceId: ids[0] } })
  })

  it('reads what another maker wrote, with members of its own', async () => {
    const { stateDir, path, text } = await paired()
    writeFileSync(path, JSON.stringify({ ...JSON.parse(text), label: 'desk' }))
    expect((await readDeviceIdentity(stateDir)).kind).toBe('identity')
  })

  it('shows its private key to nobody by accident', async () => {
    const { stateDir } = await paired()
    const read = await readDeviceIdentity(stateDir)
    expect(JSON.stringify(read)).not.toContain('PRIVATE')
  })

  it('signs as PROTOCOL 2.4 says', () => {
    const seed = Buffer.from(Array.from({ length: 32 }, (_, byte) => byte))
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
    const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`
    const publicKey = createPublicKey(privateKeyPem)
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(publicKeyRawBase64UrlFromPem(publicKeyPem)).toBe(
      'A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg',
    )
    const id = '56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c'
    const payload = `v3|${id}|cli|cli|operator|operator.read,operator.write|1700000000000|tok|nonce-1|linux|linux`
    const signature = signDevicePayload(privateKeyPem, payload)
    expect(signature).toBe(
      'vgLta4kNqdA_uIfTaeZQNs_ie-OGr1chW9YYhLH6KtDVK-NbRPfKTvmWKAT23CydQIBayz0jVoLQI-QFwcDNCw',
    )
    const bytes = Buffer.from(signature, 'base64url')
    expect(verify(null, Buffer.from(payload), publicKey, bytes)).toBe(true)
  })
})

describe('R47: a device identity that cannot be used is left as it is', () => {
  const other = generateKeyPairSync('ed25519')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = (key: typeof rsa.privateKey) => key.export({ type: 'pkcs8', format: 'pem' })

  it.each([
    ['empty', () => ''],
    ['half of it', (text: string) => text.slice(0, 100)],
    ['another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    [
      'another device’s id',
      (text: string) => text.replace(/"deviceId": ".{4}/, '"deviceId": "0000'),
    ],
    [
      'another private key',
      (text: string) =>
        JSON.stringify({ ...JSON.parse(text), privateKeyPem: pem(other.privateKey) }),
    ],
    [
      'another public key',
      (text: string) =>
        JSON.stringify({
          ...JSON.parse(text),
          publicKeyPem: other.publicKey.export({ type: 'spki', format: 'pem' }),
        }),
    ],
    [
      'a key of another kind',
      (text: string) => JSON.stringify({ ...JSON.parse(text), privateKeyPem: pem(rsa.privateKey) }),
    ],
  ])('%s', async (_what, damage) => {
    const { stateDir, path, text } = await paired()
    writeFileSync(path, damage(text))
    const refused = await ensureDeviceIdentity(stateDir, NOW + 1)
    expect(refused).toEqual({
      kind: 'refused',
      message: expect.stringMatching(
        /this-machine\.json is damaged, and is left as it is\. .*move it/,
      ),
    })
    expect(readFileSync(path, 'utf8')).toBe(damage(text))
  })

  it.each([
    [0o602, 'can be written by everyone', 'chmod 600'],
    [0o604, 'can be read by everyone', 'chmod 600'],
  ])('of mode %o', async (mode, why, fix) => {
    const { stateDir, path } = await paired()
    chmodSync(path, mode)
    const { kind, message } = { message: '', ...(await ensureDeviceIdentity(stateDir, NOW)) }
    expect(kind).toBe('refused')
    expect(message).toContain(`${path} ${why}. ${fix} ${path}`)
  })

  it('in a folder where everyone could replace it', async () => {
    const { stateDir } = await paired()
    chmodSync(join(stateDir, 'identity'), 0o777)
    expect(await readDeviceIdentity(stateDir)).toEqual({
      kind: 'refused',
      message: expect.stringMatching(/identity can be written by everyone\. chmod 700 /),
    })
  })

  it('in a folder that is none', async () => {
    const stateDir = folder()
    writeFileSync(join(stateDir, 'identity'), '')
    expect(await ensureDeviceIdentity(stateDir, NOW)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('is not a folder'),
    })
  })

  it.skipIf(!root)('of somebody else (skipped: needs root)', async () => {
    const { stateDir, path } = await paired()
    chownSync(path, 12_345, 0)
    expect(await readDeviceIdentity(stateDir)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('belongs to another user (uid 12345)'),
    })
  })

  it('below what is no folder at all', async () => {
    const file = join(folder(), 'f')
    writeFileSync(file, '')
    expect((await ensureDeviceIdentity(join(file, 'state'), NOW)).kind).toBe('refused')
  })
})

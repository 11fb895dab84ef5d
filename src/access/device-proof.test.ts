import { generateKeyPairSync } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { deviceChecker, type PresentedDevice, type SignedWords } from './device-proof.ts'
import { TestDevice } from './device.fixture.ts'

const NOW = 1_700_000_000_000
const NONCE = 'nonce-1'
const WORDS: SignedWords = {
  clientId: 'cli',
  clientMode: 'cli',
  role: 'operator',
  scopes: ['operator.read', 'operator.write'],
  token: 'tok',
  platform: 'linux',
  deviceFamily: 'linux',
}
const PEM_HEAD = '-----BEGIN PUBLIC KEY-----'
const PEM_TAIL = '-----END PUBLIC KEY-----'
const device = new TestDevice()
const shown = device.present(WORDS, { nonce: NONCE, signedAt: NOW })

function verdict(change: Partial<PresentedDevice>, words: SignedWords = WORDS, now = NOW): string {
  const { proof } = deviceChecker()({ ...shown, ...change }, words, { nonce: NONCE, now })
  return proof.kind === 'valid' ? 'valid' : proof.reason
}

describe('the published vector', () => {
  const vector = TestDevice.ofSeed(
    Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0')).join(''),
  )

  it.each([
    [
      'v2',
      'GIhLeRH0p6--b-c8QOdF2Nz-1FDmkTtFJUuFO3_3qARvltGJczu4xgNwXBeyGWRQ9g7O-rysFXr1yw_VbJcGDA',
    ],
    [
      'v3',
      'vgLta4kNqdA_uIfTaeZQNs_ie-OGr1chW9YYhLH6KtDVK-NbRPfKTvmWKAT23CydQIBayz0jVoLQI-QFwcDNCw',
    ],
  ] as const)('%s is valid', (version, signature) => {
    expect(vector.publicKey).toBe('A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg')
    expect(vector.id).toBe('56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c')
    const presented = vector.present(WORDS, { nonce: NONCE, signedAt: NOW }, version)
    expect(presented.signature).toBe(signature)
    const claim = deviceChecker()(presented, WORDS, { nonce: NONCE, now: NOW })
    expect(claim).toEqual({ id: vector.id, publicKey: vector.publicKey, proof: { kind: 'valid' } })
  })
})

describe('a proof', () => {
  it('is valid by version 2 and 3, and never by version 1, which has no nonce', () => {
    const by = (version: 'v1' | 'v2' | 'v3') =>
      verdict(device.present(WORDS, { nonce: NONCE, signedAt: NOW }, version))
    expect([by('v3'), by('v2'), by('v1')]).toEqual(['valid', 'valid', 'device_signature_invalid'])
  })

  it('takes the key in both base64 alphabets, and in a PEM', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const raw = Buffer.from(device.publicKey, 'base64url')
    const der = Buffer.concat([
      publicKey.export({ format: 'der', type: 'spki' }).subarray(0, 12),
      raw,
    ])
    const pem = `${PEM_HEAD}\n${der.toString('base64')}\n${PEM_TAIL}\n`
    for (const form of [device.publicKey, raw.toString('base64'), pem])
      expect(verdict({ publicKey: form })).toBe('valid')
  })

  it('trims the nonce, and lowers platform and family as clients do', () => {
    expect(verdict({ nonce: ` ${NONCE} ` })).toBe('valid')
    expect(verdict({}, { ...WORDS, platform: ' Linux ', deviceFamily: 'LINUX' })).toBe('valid')
  })

  it('does not hold over any other word than those that were signed', () => {
    const changes: readonly Partial<SignedWords>[] = [
      { clientId: 'openclaw-control-ui' },
      { clientMode: 'ui' },
      { role: 'node' },
      { scopes: ['operator.admin'] },
      { scopes: ['operator.write', 'operator.read'] },
      { scopes: [] },
      { token: '' },
      { token: 'tok2' },
      { platform: 'macos' },
      { deviceFamily: '' },
    ]
    for (const change of changes)
      expect(verdict({}, { ...WORDS, ...change }), JSON.stringify(change)).toBe(
        'device_signature_invalid',
      )
  })

  it('is as old as two minutes either way, and no older', () => {
    const at = (now: number) => verdict({}, WORDS, now)
    expect([at(NOW + 120_000), at(NOW - 120_000)]).toEqual(['valid', 'valid'])
    expect([at(NOW + 120_001), at(NOW - 120_001)]).toEqual([
      'device_signature_expired',
      'device_signature_expired',
    ])
    expect(verdict({ signedAt: Number.NaN })).toBe('device_signature_expired')
  })

  it.each([
    ['the id of another key', { id: 'f'.repeat(64) }, 'device_id_mismatch'],
    ['the id in capitals', { id: shown.id.toUpperCase() }, 'device_id_mismatch'],
    ['the nonce of another socket', { nonce: 'nonce-2' }, 'device_nonce_mismatch'],
    ['a blank nonce', { nonce: '  ' }, 'device_nonce_missing'],
    ['no signature at all', { signature: '' }, 'device_signature_invalid'],
    ['half a signature', { signature: shown.signature.slice(0, 40) }, 'device_signature_invalid'],
    ['zeros', { signature: Buffer.alloc(64).toString('base64url') }, 'device_signature_invalid'],
    ['text that is no base64', { signature: '!'.repeat(86) }, 'device_signature_invalid'],
    ['a key that is none', { publicKey: 'abc' }, 'device_key_invalid'],
    [
      'a key of 33 bytes',
      { publicKey: Buffer.alloc(33).toString('base64url') },
      'device_key_invalid',
    ],
    ['an empty key', { publicKey: '' }, 'device_key_invalid'],
    [
      'a PEM of another kind',
      { publicKey: `${PEM_HEAD}\nAAAA\n${PEM_TAIL}` },
      'device_key_invalid',
    ],
  ])('with %s is told apart', (_what, change, reason) => {
    expect(verdict(change)).toBe(reason)
  })

  it.each([
    ['a PEM without an end', (blanks: string) => PEM_HEAD + blanks],
    ['a PEM with a letter for an end', (blanks: string) => `${PEM_HEAD}${blanks}x`],
    ['a PEM of nothing', (blanks: string) => PEM_HEAD + blanks + PEM_TAIL],
    ['a PEM and more', (blanks: string) => `${PEM_HEAD}${blanks}${PEM_TAIL}${blanks}x`],
  ])('with %s and 200,000 blanks in it is turned away, and not searched for ever', (_what, key) => {
    const publicKey = key(' '.repeat(200_000))
    // A pattern that goes back over the blanks takes years, in which no timer fires: only from outside can it be ended.
    const judge = () => verdict({ publicKey })
    const judged: unknown = runInNewContext('judge()', { judge }, { timeout: 5_000 })
    expect(judged).toBe('device_key_invalid')
  })

  it('does not become valid because the key was seen before', () => {
    const check = deviceChecker()
    const challenge = { nonce: NONCE, now: NOW }
    expect(check(shown, WORDS, challenge).proof.kind).toBe('valid')
    const forged = { ...shown, signature: Buffer.alloc(64, 1).toString('base64url') }
    expect(check(forged, WORDS, challenge).proof.kind).toBe('invalid')
    const other = new TestDevice()
    expect(check({ ...shown, publicKey: other.publicKey }, WORDS, challenge).proof).toEqual({
      kind: 'invalid',
      reason: 'device_id_mismatch',
    })
  })
})

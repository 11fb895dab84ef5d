import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Fingerprints } from './fingerprint.ts'
import { Secret } from './secret.ts'

const key = randomBytes(32)
const fingerprints = new Fingerprints(key)

test('a long secret of ours is shown by its plain digest, a short or refused one by a keyed one', () => {
  const long = new Secret('x'.repeat(32))
  const short = new Secret('x'.repeat(31))
  expect(fingerprints.own(long)).toBe(`sha256:${long.digest().slice(0, 8)}`)
  expect(fingerprints.own(short)).toBe(fingerprints.refused(short))
  expect(fingerprints.refused(long)).toMatch(/^hmac:[0-9a-f]{8}$/)
})

test('the keyed one is HMAC-SHA-256, whatever was fingerprinted before', () => {
  for (const value of ['a', 'b', 'a much longer string than the other two', '']) {
    const secret = new Secret(value)
    const expected = createHmac('sha256', key).update(secret.digest()).digest('hex').slice(0, 8)
    expect(fingerprints.refused(secret)).toBe(`hmac:${expected}`)
  }
})

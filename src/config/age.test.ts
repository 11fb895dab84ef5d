import { describe, expect, it } from 'vitest'
import { identitiesIn, makeIdentity, readersOf, recipientsOf, seal, unseal } from './age.ts'

const TEXT = 'DEMO=value\n'

async function sealedTo(...recipients: readonly string[]): Promise<Buffer> {
  const sealed = await seal(TEXT, recipients)
  if (sealed.kind === 'failed') throw new Error(sealed.why)
  return sealed.bytes
}

async function newIdentity() {
  const { text, recipient } = await makeIdentity(Date.parse('2026-11-20T12:00:00Z'))
  const read = identitiesIn(text)
  if (read.kind === 'failed') throw new Error(read.why)
  return { text, recipient, lines: read.lines }
}

describe('an encrypted text', () => {
  it('is opened by each of those it was encrypted to, and by nobody else', async () => {
    const [one, two, other] = await Promise.all([newIdentity(), newIdentity(), newIdentity()])
    const bytes = await sealedTo(one.recipient, two.recipient)
    expect(readersOf(bytes)).toBe(2)
    for (const { lines } of [one, two])
      expect(await unseal(bytes, lines)).toEqual({ kind: 'text', text: TEXT })
    expect(await unseal(bytes, other.lines)).toEqual({
      kind: 'failed',
      why: 'it was encrypted to other identities than these',
    })
    expect(await unseal(bytes, [...other.lines, ...two.lines])).toMatchObject({ kind: 'text' })
  })

  it('with any byte of it changed or missing is damaged, never another text', async () => {
    const { recipient, lines } = await newIdentity()
    const bytes = await sealedTo(recipient)
    const changed = [...bytes.keys()].map((at) => Buffer.from(bytes.with(at, (bytes[at] ?? 0) ^ 1)))
    const cut = [...bytes.keys()].map((at) => bytes.subarray(0, at))
    for (const wrong of [...changed, ...cut, Buffer.concat([bytes, Buffer.from('x')])]) {
      const opened = await unseal(wrong, lines)
      expect(opened.kind === 'failed' && opened.why).toMatch(/damaged|other identities/)
    }
  })

  it('that is no text, or has a passphrase, is not taken for one', async () => {
    const { recipient, lines } = await newIdentity()
    const { Encrypter } = await import('age-encryption')
    const [toUs, passphrase] = [new Encrypter(), new Encrypter()]
    toUs.addRecipient(recipient)
    passphrase.setScryptWorkFactor(2)
    passphrase.setPassphrase('a long phrase')
    const opened = async (encrypter: typeof toUs) =>
      unseal(Buffer.from(await encrypter.encrypt(new Uint8Array([0xff, 0xfe]))), lines)
    expect(await opened(toUs)).toMatchObject({ why: 'what it holds is not UTF-8 text' })
    expect(await opened(passphrase)).toMatchObject({
      why: expect.stringContaining('it is encrypted with a passphrase'),
    })
  })
})

describe('an identity file', () => {
  it('is one as age-keygen writes it, and names its recipient', async () => {
    const { text, recipient, lines } = await newIdentity()
    expect(text).toMatch(
      /^# created: 2026-11-20T12:00:00\.000Z\n# public key: age1[a-z0-9]{58}\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$/,
    )
    expect(await recipientsOf(lines)).toEqual({ kind: 'recipients', recipients: [recipient] })
  })

  it.each([
    ['', 'holds no identity'],
    ['# only a comment\n', 'holds no identity'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n', 'keys of SSH are not'],
    ['age-encryption.org/v1\n-> scrypt x 18\n', 'is itself encrypted'],
  ])('%j is none', (text, why) => {
    expect(identitiesIn(text)).toEqual({ kind: 'failed', why: expect.stringContaining(why) })
  })

  it('with a mistyped letter is none', async () => {
    const { lines, recipient } = await newIdentity()
    const mistyped = lines.map((line) => line.replace(/.$/, (last) => (last === 'Q' ? 'P' : 'Q')))
    expect(await recipientsOf(mistyped)).toMatchObject({ kind: 'failed' })
    expect(await unseal(await sealedTo(recipient), mistyped)).toMatchObject({
      why: expect.stringContaining('a letter is missing or wrong'),
    })
    expect(await seal(TEXT, [`${recipient.slice(0, -1)}b`])).toMatchObject({ kind: 'failed' })
  })
})

it('padding that other programs add is no reader', () => {
  const head = 'age-encryption.org/v1\n-> X25519 a\nb\n-> 7=x-grease z\nc\n--- mac\n'
  expect(readersOf(Buffer.from(head))).toBe(1)
  expect(readersOf(Buffer.from('no age file\n--- '))).toBeNull()
})

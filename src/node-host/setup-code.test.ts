import { expect, it } from 'vitest'
import { readSetupCode } from './setup-code.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const URLS = ['wss://claw.example.com', 'ws://192.168.1.5:18789']
const WORDS = { url: URLS[0], bootstrapToken: 'ocd_once', expiresAtMs: 1 }

it.each([
  ['alone', encode(WORDS), [URLS[0]]],
  ['with several addresses', encode({ ...WORDS, urls: URLS }), URLS],
  ['as a link, with blanks around it', ` oc-pair://${encode(WORDS)}\n`, [URLS[0]]],
])('reads a code %s', (_, text, urls) => {
  const code = readSetupCode(text)
  expect(code?.urls).toEqual(urls)
  expect(code?.bootstrapToken.reveal()).toBe('ocd_once')
})

it.each([
  ['nothing', ''],
  ['a token', 'c0ffee11'.repeat(8)],
  ['JSON in plain', JSON.stringify(WORDS)],
  ['half a code', encode(WORDS).slice(0, 20)],
  ['a code without a token', encode({ url: URLS[0] })],
  ['far too much', encode({ ...WORDS, more: 'x'.repeat(10_000) })],
])('takes %s for none', (_, text) => {
  expect(readSetupCode(text)).toBeNull()
})

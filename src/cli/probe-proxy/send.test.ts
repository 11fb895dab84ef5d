/** Whoever answers at the address of a probe keeps nobody waiting, whatever they send. */
import { expect, test } from 'vitest'
import { talker } from '../../../test/talker.fixture.ts'
import { sendShot } from './send.ts'

async function at(first: string, again: string): Promise<URL> {
  return new URL(`http://127.0.0.1:${await talker(first, again)}/`)
}

const TALKERS: readonly (readonly [string, string, string])[] = [
  ['headers that never end', 'HTTP/1.1 200 OK\r\nX-A: ', 'a'],
  ['one provisional answer after the other', '', 'HTTP/1.1 102 Processing\r\n\r\n'],
]

test.each(TALKERS)('%s: no answer', async (_, first, again) => {
  const url = await at(first, again)
  const answer = await sendShot({ url, headers: {}, timeoutMs: 200 })
  expect(answer).toEqual({ kind: 'silent', why: 'no answer in 0.2 s' })
})

test('a body that never ends is not waited for', async () => {
  const url = await at('HTTP/1.1 200 OK\r\n\r\n', 'a')
  const answer = await sendShot({ url, headers: {}, timeoutMs: 60_000 })
  expect(answer).toEqual({ kind: 'status', status: 200, location: null })
})

/** `send`: once for one key of one caller, and again when it was not taken. */
import { expect, test } from 'vitest'
import { OWNER } from '../agents/live-runs.fixture.ts'
import { listening, outcome } from './live-operations.fixture.ts'
import { send, type PostedMessage } from './send.ts'

function sending() {
  const posted: PostedMessage[] = []
  const state = { now: 1_000, problem: null as string | null, full: false }
  const operation = send({
    clock: () => state.now,
    problemOfAddress: (_channel, { id }) => (id === 'anna' ? 'no id' : null),
    async post(message) {
      if (state.full) throw new Error('the disk is full')
      if (state.problem === null) posted.push(message)
      return { problem: state.problem }
    },
  })
  const say = (message: string, more: object = {}, id = 'owner') => {
    const principal = { ...OWNER.principal, id }
    const asked = { channel: 'telegram', to: '7', message, ...more }
    return outcome(operation, asked, listening({ principal }).call)
  }
  return { say, posted, state, texts: () => posted.map(({ text }) => text) }
}

const QUEUED = { channel: 'telegram', accountId: 'default', to: '7', status: 'queued' }
const KEYED = { idempotencyKey: 'k' }

test('without a key each call sends, with one the first', async () => {
  const { say, texts } = sending()
  for (const more of [{}, {}, KEYED, KEYED]) expect(await say('hello', more)).toEqual(QUEUED)
  expect(texts()).toHaveLength(3)
})

test('what is no id is refused', async () => {
  const { say, texts } = sending()
  expect(await say('hello', { to: 'anna' })).toBe('invalid_input: no id')
  expect(texts()).toEqual([])
})

test('a key stands for one message of one caller', async () => {
  const { say, texts } = sending()
  await say('hello', KEYED)
  expect(await say('other', KEYED)).toContain('already stands for another message')
  expect(await say('hello', { ...KEYED, group: true })).toContain('another message')
  expect(await say('of somebody else', KEYED, 'alice')).toEqual(QUEUED)
  expect(texts()).toEqual(['hello', 'of somebody else'])
})

test('five minutes later it may stand for another', async () => {
  const { say, state, texts } = sending()
  await say('hello', KEYED)
  state.now += 300_000
  expect(await say('later', KEYED)).toEqual(QUEUED)
  expect(texts()).toEqual(['hello', 'later'])
})

test('what was not taken can be sent again by the same key', async () => {
  const { say, state, texts } = sending()
  state.problem = 'no account is open'
  expect(await say('hello', KEYED)).toBe('invalid_input: no account is open')
  state.problem = null
  state.full = true
  await expect(say('hello', KEYED)).rejects.toThrow('the disk is full')
  state.full = false
  expect(await say('hello', KEYED)).toEqual(QUEUED)
  expect(texts()).toEqual(['hello'])
})

test('ten thousand keys take no more room than a thousand', async () => {
  const { say, texts } = sending()
  for (let n = 0; n < 2_000; n += 1) await say('hello', { idempotencyKey: `k${n}` })
  await say('hello', { idempotencyKey: 'k0' })
  await say('hello', { idempotencyKey: 'k1999' })
  expect(texts()).toHaveLength(2_001)
})

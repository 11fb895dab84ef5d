import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { hookServer } from '../hook-server.fixture.ts'
import type { ChannelAccount, Incoming, Press, Receiver } from '../types.ts'
import { openWhatsapp } from './account.ts'
import {
  deliveryOf,
  deliveryWith,
  PHONE_NUMBER_ID,
  standInSettings,
  whatsappStandIn,
} from './whatsapp-stand-in.fixture.ts'

const ADA = '15551234567'

interface Heard {
  readonly messages: Incoming[]
  readonly presses: Press[]
  readonly warned: string[]
  /** Ids of messages that cannot be kept, for as long as they stand here. */
  readonly failing: Set<string>
  told: string | null
}

let network: Awaited<ReturnType<typeof whatsappStandIn>>
let heard: Heard
let account: ChannelAccount
let server: Awaited<ReturnType<typeof hookServer>>
let hook: string

beforeEach(async () => {
  network = await whatsappStandIn()
  heard = { messages: [], presses: [], warned: [], failing: new Set(), told: null }
  account = open()
  server = await hookServer((request) => account.hook?.(request, receiver()))
  hook = server.url
})
afterEach(async () => {
  await server.close()
  await network.stop()
})

function open(settings = standInSettings(network.base)): ChannelAccount {
  const warn = (message: string): void => void heard.warned.push(message)
  return openWhatsapp({ channel: 'whatsapp', account: 'default' }, settings, {
    cursor: { get: () => null, set: async () => {} },
    warn,
  })
}

function receiver(): Receiver {
  return {
    async message(incoming) {
      if (heard.failing.has(incoming.messageId)) throw new Error('the disk is full')
      heard.messages.push(incoming)
    },
    async press(press) {
      heard.presses.push(press)
      return heard.told
    },
    connected: () => {},
  }
}

test('what a person wrote arrives with who wrote it, and their name is only shown', async () => {
  const written = { from: ADA, text: 'hi', id: 'wamid.A', name: 'Boss', timestamp: '1749416383' }
  expect(await network.deliver(hook, written)).toBe(1)
  const [incoming] = heard.messages
  expect(incoming).toMatchObject({
    messageId: 'wamid.A',
    conversation: { kind: 'dm', id: ADA },
    sender: { id: ADA, names: [], displayName: 'Boss' },
    addressed: true,
    at: 1_749_416_383_000,
  })
  expect(incoming?.read()).toBe('hi')
})

test('R21: nothing is parsed or kept before the signature holds, over the bytes as they came', async () => {
  const value = deliveryOf([{ from: ADA, text: 'hi', id: 'wamid.A' }])
  expect((await network.post(hook, value, 'another secret')).status).toBe(403)
  expect((await network.post(hook, 'no json at all, wrongly signed', 'x')).status).toBe(403)
  const unsigned = { method: 'POST', body: JSON.stringify(value) }
  expect((await fetch(hook, unsigned)).status).toBe(401)
  for (const signature of ['', 'sha256=', 'sha1=00', `sha256=${'0'.repeat(64)}`, '0'.repeat(64)]) {
    const headers = { 'x-hub-signature-256': signature }
    expect((await fetch(hook, { ...unsigned, headers })).status).toBe(403)
  }
  expect(heard.messages).toEqual([])
  expect((await network.post(hook, 'signed, and no delivery')).status).toBe(400)
  expect((await network.post(hook, { object: 'page', entry: [] })).status).toBe(400)
})

test('R14: a blank app secret or verify token lets nobody in', async () => {
  const blank = new Secret('')
  account = open({ ...standInSettings(network.base), appSecret: blank, verifyToken: blank })
  expect((await network.post(hook, deliveryOf([]), '')).status).toBe(403)
  expect((await network.handshake(hook, '')).status).toBe(403)
})

test('the handshake answers the challenge to whoever knows the token, and only a plain one', async () => {
  const answer = await network.handshake(hook)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('1158201444')
  expect((await network.handshake(hook, 'wrong')).status).toBe(403)
  expect((await fetch(hook)).status).toBe(401)
  expect((await network.handshake(hook, undefined, '<script>')).status).toBe(400)
  expect((await network.handshake(hook, undefined, 'x'.repeat(257))).status).toBe(400)
})

test('R57: what is for another number of the same app is not ours, and the operator hears of it once', async () => {
  await network.deliver(hook, { from: ADA, text: 'hi', phoneNumberId: '999' })
  await network.deliver(hook, { from: ADA, text: 'hi', phoneNumberId: `${PHONE_NUMBER_ID}0` })
  expect(heard.messages).toEqual([])
  expect(heard.warned).toHaveLength(1)
  expect(heard.warned[0]).toContain('another phone number')
})

test('a delivery is taken when all its messages are kept; before, it comes again', async () => {
  heard.failing.add('wamid.B')
  const taken = network.deliver(
    hook,
    { from: ADA, text: '1', id: 'wamid.A' },
    { from: ADA, text: '2', id: 'wamid.B' },
    { from: ADA, text: '3', id: 'wamid.C' },
  )
  await expect.poll(() => heard.messages.length).toBeGreaterThan(3)
  heard.failing.clear()
  expect(await taken).toBeGreaterThan(1)
  expect(heard.messages.slice(-3).map(({ messageId }) => messageId)).toEqual([
    'wamid.A',
    'wamid.B',
    'wamid.C',
  ])
})

test('R18: a pressed button says what is meant and who pressed it, who is told in a message', async () => {
  heard.told = 'Only the owner may.'
  const from = ADA
  const messages = [
    {
      from,
      id: 'wamid.P',
      timestamp: '1',
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'approve:1', title: 'Allow' } },
    },
    { from, id: 'wamid.Q', timestamp: '1', type: 'button', button: { payload: 'x', text: 'X' } },
  ]
  expect((await network.post(hook, deliveryWith({ messages }))).status).toBe(200)
  expect(heard.presses).toMatchObject([
    { pressId: 'wamid.P', data: 'approve:1', sender: { id: ADA }, conversation: { id: ADA } },
    { pressId: 'wamid.Q', data: 'x' },
  ])
  await expect.poll(() => network.sent.length).toBe(2)
  expect(network.sent[0]).toMatchObject({ to: ADA, text: { body: 'Only the owner may.' } })
})

test('what is no text is received and has none; a heart, a group and what nobody knows are no messages', async () => {
  const messages = [
    { from: ADA, id: 'wamid.1', timestamp: '1', type: 'image', image: { id: '7', caption: 'x' } },
    { from: ADA, id: 'wamid.2', timestamp: 'soon', type: 'text', text: 'not an object' },
    { from: ADA, id: 'wamid.3', timestamp: '1', type: 'reaction', reaction: { emoji: '❤' } },
    { from: ADA, id: 'wamid.4', timestamp: '1', type: 'text', text: { body: 'x' }, group_id: 'G' },
    { id: 7 },
    null,
  ]
  expect((await network.post(hook, deliveryWith({ messages }))).status).toBe(200)
  expect(heard.messages.map((message) => [message.messageId, message.read()])).toEqual([
    ['wamid.1', null],
    ['wamid.2', null],
  ])
})

test.each(['', '0', 'Ada', '+15551234567', '1555123456x', undefined])(
  'R52: a sender %j is nobody in particular',
  async (from) => {
    const messages = [{ from, id: 'wamid.1', timestamp: '1', type: 'text', text: { body: 'x' } }]
    await network.post(hook, deliveryWith({ messages }))
    expect(heard.messages[0]?.sender.id).toBe('')
  },
)

test('of what became of our messages only failures are told, by number and in our words', async () => {
  const statuses = [
    { id: 'wamid.sent1', status: 'delivered', recipient_id: ADA },
    { id: 'wamid.sent2', status: 'failed', errors: [{ code: 131047, title: 'their words' }] },
    { id: 'wamid.sent3', status: 'failed', errors: 'their words' },
  ]
  expect((await network.post(hook, deliveryWith({ statuses }))).status).toBe(200)
  expect(heard.messages).toEqual([])
  expect(heard.warned).toHaveLength(1)
  expect(heard.warned[0]).toMatch(/whatsapp \(default\): .*code 131047: .*24 hours/)
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { testGateway } from '../../server/websocket/test-gateway.fixture.ts'
import type { ChannelAccount, Incoming } from '../types.ts'
import { openWhatsapp } from './account.ts'
import { standInSettings, whatsappStandIn } from './whatsapp-stand-in.fixture.ts'

const ADA = '15551234567'

let network: Awaited<ReturnType<typeof whatsappStandIn>>
let gateway: Awaited<ReturnType<typeof testGateway>>
let hook: string
let received: Incoming[]
let full: boolean

beforeEach(async () => {
  received = []
  full = false
  network = await whatsappStandIn()
  const account = open()
  gateway = await testGateway({
    guesses: { maxAttempts: 3 },
    // A stranger's machine: nobody here is exempt.
    peerOwner: async () => ({ kind: 'none' }),
    gateway: { webhooks: { find: (channel, name) => hookOf(account, `${channel}/${name}`) } },
  })
  hook = `http://127.0.0.1:${gateway.port}/webhooks/whatsapp/default`
})
afterEach(() => Promise.all([gateway.stop(), network.stop()]))

function open(): ChannelAccount {
  return openWhatsapp({ channel: 'whatsapp', account: 'default' }, standInSettings(network.base), {
    cursor: { get: () => null, set: async () => {} },
    warn: () => {},
  })
}

function hookOf(account: ChannelAccount, name: string) {
  const { ref } = account
  if (account.hook === undefined || name !== `${ref.channel}/${ref.account}`) return null
  const receiver = {
    async message(incoming: Incoming) {
      if (full) throw new Error('the disk is full')
      received.push(incoming)
    },
    press: async () => null,
    connected: () => {},
  }
  const hook = account.hook.bind(account)
  return { take: (request: Parameters<typeof hook>[0]) => hook(request, receiver) }
}

test('the handshake and a signed delivery pass the gateway’s own door', async () => {
  expect(await (await network.handshake(hook)).text()).toBe('1158201444')
  expect(await network.deliver(hook, { from: ADA, text: 'hi ✓' })).toBe(1)
  expect(received.map((incoming) => incoming.read())).toEqual(['hi ✓'])
})

test('what cannot be kept comes again until it can', async () => {
  full = true
  const taken = network.deliver(hook, { from: ADA, text: 'hi' })
  await expect.poll(() => gateway.logged.length).toBeGreaterThan(1)
  full = false
  expect(await taken).toBeGreaterThan(2)
  expect(received).toHaveLength(1)
})

test('R28: forged signatures and tokens are counted together, and a right signature is taken all the same', async () => {
  expect((await network.handshake(hook, 'wrong')).status).toBe(401)
  expect((await network.post(hook, {}, 'wrong')).status).toBe(401)
  expect((await network.post(hook, {}, 'wrong')).status).toBe(401)
  expect((await network.post(hook, {}, 'wrong')).status).toBe(429)
  expect((await network.handshake(hook)).status).toBe(429)
  expect(await network.deliver(hook, { from: ADA, text: 'hi' })).toBe(1)
})

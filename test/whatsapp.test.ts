/** WhatsApp, end to end: a built gateway, and a stand-in of the Cloud API that calls its webhook. */
import { expect, onTestFinished, test } from 'vitest'
import { LET_IN } from '../src/channels/let-in.ts'
import {
  deliveryOf,
  VERIFY_TOKEN,
  whatsappStandIn,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import {
  channelGateway,
  codeTo,
  deliverSigned,
  rest,
  settled,
  waitFor,
  whatsappSettings,
} from './channels.fixture.ts'
import { REMOTE, TOKEN, type RunningGateway } from './gateway.ts'

const ADA = '15551234567'

async function whatsapp(settings: object = {}, more: object = {}) {
  const network = await whatsappStandIn()
  onTestFinished(() => network.stop())
  const own = { ...whatsappSettings(network.base), ...settings }
  const { start } = channelGateway({ whatsapp: own }, more)
  return {
    network,
    texts: () => network.sent.map(({ text }) => text?.body),
    start: async () => {
      const gateway = await start()
      await settled(gateway)
      return gateway
    },
  }
}

const hookOf = ({ port }: RunningGateway) => `http://127.0.0.1:${port}/webhooks/whatsapp/default`

test('a stranger gets a code and nothing else; approved, they talk; revoked, they are out', async () => {
  const { network, texts, start } = await whatsapp()
  const gateway = await start()
  const say = (text: string) => network.deliver(hookOf(gateway), { from: ADA, text, name: 'Ada' })
  await say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(1))
  const code = codeTo(texts()[0])
  await say('hello?')
  const approved = await rest(gateway, 'POST /senders/approve', { channel: 'whatsapp', code })
  expect(approved).toMatchObject({ status: 200, json: { senderId: ADA, via: 'code', told: true } })
  await waitFor(() => expect(network.sent[1]).toMatchObject({ to: ADA, text: { body: LET_IN } }))
  await say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(3))
  expect(texts()[2]).toContain(`id: whatsapp:${ADA}`)
  expect(texts()[2]).toContain('owner: no')

  expect((await rest(gateway, `DELETE /senders/whatsapp/+${ADA}`)).status).toBe(200)
  await say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(4))
  codeTo(texts()[3])
})

test('an answer that was not sent when the gateway was killed is sent by the next one, once', async () => {
  const { network, texts, start } = await whatsapp({ allowFrom: [`+${ADA}`] })
  const first = await start()
  network.feel('silent')
  await network.deliver(hookOf(first), { from: ADA, text: '/whoami', id: 'wamid.A' })
  await waitFor(async () => {
    const { json } = await rest(first, 'GET /channels')
    expect(json.channelAccounts.whatsapp[0].waiting).toBe(1)
  })
  await first.stop('SIGKILL')
  expect(texts()).toEqual([])
  network.feel('well')
  const second = await start()
  await waitFor(() => expect(texts()).toHaveLength(1))
  await network.deliver(hookOf(second), { from: ADA, text: '/whoami', id: 'wamid.A' })
  await network.deliver(hookOf(second), { from: ADA, text: '/status', id: 'wamid.B' })
  await waitFor(() => expect(texts()).toHaveLength(2))
  expect(texts()[1]).toContain('agent:')
})

test('what is delivered again is answered once', async () => {
  const { network, texts, start } = await whatsapp({ allowFrom: [ADA] })
  const gateway = await start()
  const one = { from: ADA, text: '/whoami', id: 'wamid.A' }
  await Promise.all(Array.from({ length: 5 }, () => network.deliver(hookOf(gateway), one)))
  await network.deliver(hookOf(gateway), one, { from: ADA, text: '/status', id: 'wamid.B' })
  await waitFor(() => expect(texts()).toHaveLength(2))
  await settled(gateway)
  expect(texts().filter((text) => text?.includes('id: whatsapp'))).toHaveLength(1)
})

test('the handshake answers to the right token alone; a wrong token or signature is a guess, and no lock stops a right signature', async () => {
  const auth = { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 3 } }
  const { texts, start } = await whatsapp({ allowFrom: [ADA] }, { gateway: { auth } })
  const gateway = await start()
  const handshake = (token: string) => {
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': token,
      'hub.challenge': '1158201444',
    })
    return gateway.ask({ path: `/webhooks/whatsapp/default?${query.toString()}`, headers: REMOTE })
  }
  const { status, text } = await handshake(VERIFY_TOKEN)
  expect([status, text]).toEqual([200, '1158201444'])

  const message = (id: string) => deliveryOf([{ from: ADA, text: '/whoami', id }])
  const forged = () => deliverSigned(gateway, message('wamid.F'), { secret: 'guess' })
  expect((await handshake('guess')).status).toBe(401)
  expect((await forged()).status).toBe(401)
  expect((await forged()).status).toBe(401)
  expect((await forged()).status).toBe(429)
  expect((await handshake(VERIFY_TOKEN)).status).toBe(429)
  expect((await deliverSigned(gateway, message('wamid.A'))).status).toBe(200)
  await waitFor(() => expect(texts()).toHaveLength(1))
  expect(texts()[0]).toContain(`whatsapp:${ADA}`)
  expect((await handshake(VERIFY_TOKEN)).status, 'still held').toBe(429)
  const record = JSON.stringify((await rest(gateway, 'GET /record?limit=50')).json)
  expect(record).toContain('webhook_forged')
  expect(record).not.toContain(VERIFY_TOKEN)
})

test('SPEC 5: without its app secret the account is not opened, and says where to get it', async () => {
  const network = await whatsappStandIn()
  onTestFinished(() => network.stop())
  const { appSecret, ...own } = whatsappSettings(network.base)
  const gateway = await channelGateway({
    whatsapp: { ...own, dmPolicy: 'open', allowFrom: ['*'] },
  }).start()
  await waitFor(async () => {
    const { json } = await rest(gateway, 'GET /channels')
    expect(json.channelAccounts.whatsapp[0]).toMatchObject({ running: false, connected: false })
    expect(json.channelAccounts.whatsapp[0].lastError).toMatch(/appSecret.*developers\.facebook/)
  })
  const value = deliveryOf([{ from: ADA, text: '/whoami', id: 'wamid.A' }])
  for (const secret of [appSecret, '', 'undefined'])
    expect((await deliverSigned(gateway, value, { secret })).status).toBe(401)
})

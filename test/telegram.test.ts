/** Telegram, end to end: a built gateway, the real client library, and a stand-in of Telegram's servers. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { LET_IN } from '../src/channels/let-in.ts'
import { channelGateway, codeTo, rest, waitFor } from './channels.fixture.ts'

async function telegram(settings: object = {}, more: object = {}) {
  const network = await TelegramStandIn.start()
  onTestFinished(() => network.stop())
  const own = { token: network.token, apiBase: network.apiBase, ...settings }
  return { network, ...channelGateway({ telegram: own }, more) }
}

const NICK = { id: 1001, username: 'nick' }

describe('a stranger on Telegram', () => {
  test('gets a code once and nothing else; approved, they talk to the agent', async () => {
    const { network, start } = await telegram()
    const gateway = await start()
    network.say({ from: NICK, text: '/whoami' })
    await waitFor(() => expect(network.sent).toHaveLength(1))
    const code = codeTo(network.sent[0]?.text)
    network.say({ from: NICK, text: 'hello?' })

    const approved = await rest(gateway, 'POST /senders/approve', { channel: 'telegram', code })
    expect(approved).toMatchObject({
      status: 200,
      json: { senderId: '1001', via: 'code', told: true },
    })
    await waitFor(() => expect(network.sent).toHaveLength(2))
    expect(network.sent[1]).toMatchObject({ chatId: '1001', text: LET_IN, buttons: [] })
    network.say({ from: NICK, text: '/whoami' })
    await waitFor(() => expect(network.sent).toHaveLength(3))
    expect(network.sent[2]).toMatchObject({ chatId: '1001' })
    expect(network.sent[2]?.text).toContain('id: telegram:1001')
    expect(network.sent[2]?.text).toContain('owner: no')
  })

  test('loses it again by revoke, and the record says why', async () => {
    const { network, start } = await telegram()
    const gateway = await start()
    await rest(gateway, 'POST /senders', { channel: 'telegram', sender: '1001' })
    network.say({ from: NICK, text: '/whoami' })
    await waitFor(() => expect(network.sent).toHaveLength(1))
    await rest(gateway, 'DELETE /senders/telegram/1001')
    network.say({ from: NICK, text: '/whoami' })
    await waitFor(() => expect(network.sent[1]?.text).toMatch(/^Pairing required/))
    await waitFor(async () => {
      const { json } = await rest(gateway, 'GET /record?limit=50')
      expect(JSON.stringify(json)).toContain('sender_not_paired')
      expect(JSON.stringify(json)).not.toContain('/whoami')
    })
    const listed = async (kind: string) =>
      JSON.stringify((await rest(gateway, `GET /record?kind=${kind}&limit=50`)).json)
    for (const what of ['sender_not_paired', 'channels.pairing.revoke']) {
      expect(await listed('channels')).toContain(what)
      expect(await listed('auth')).not.toContain(what)
    }
  })
})

test('an answer that was not sent when the gateway was killed is sent by the next one, once', async () => {
  const { network, start } = await telegram({ allowFrom: [1001] })
  const first = await start()
  network.sendFails = () => ({
    status: 502,
    body: { ok: false, error_code: 502, description: 'Bad Gateway' },
  })
  network.say({ from: NICK, text: '/whoami' })
  await waitFor(() => expect(network.calls).toContain('sendMessage'))
  await first.stop('SIGKILL')
  network.sendFails = () => null
  const second = await start()
  await waitFor(() => expect(network.sent).toHaveLength(1))
  network.say({ from: NICK, text: '/whoami' })
  await waitFor(() => expect(network.sent).toHaveLength(2))
  await waitFor(async () => {
    const { json } = await rest(second, 'GET /channels')
    expect(json.channelAccounts.telegram[0]).toMatchObject({
      running: true,
      connected: true,
      waiting: 0,
    })
  })
})

describe('whoever is approved while Telegram takes nothing', () => {
  async function approvedMeanwhile() {
    const { network, start } = await telegram()
    const gateway = await start()
    network.say({ from: NICK, text: 'hello' })
    await waitFor(() => expect(network.sent).toHaveLength(1))
    const code = codeTo(network.sent[0]?.text)
    const waiting = (count: number, now = gateway) =>
      waitFor(async () => {
        const { json } = await rest(now, 'GET /channels')
        expect(json.channelAccounts.telegram[0].waiting).toBe(count)
      })
    network.sendFails = () => ({
      status: 502,
      body: { ok: false, error_code: 502, description: 'Bad Gateway' },
    })
    const approved = await rest(gateway, 'POST /senders/approve', { channel: 'telegram', code })
    expect(approved).toMatchObject({ status: 200, json: { told: true } })
    await waiting(1)
    return { network, start, gateway, waiting, heals: () => void (network.sendFails = () => null) }
  }

  test('is told by the gateway that starts after one that was killed, once', async () => {
    const { network, start, gateway, waiting, heals } = await approvedMeanwhile()
    await gateway.stop('SIGKILL')
    heals()
    const second = await start()
    await waitFor(() => expect(network.sent.at(-1)?.text).toBe(LET_IN))
    await waiting(0, second)
    await second.stop('SIGKILL')
    await start()
    network.say({ from: NICK, text: '/whoami' })
    await waitFor(() => expect(network.sent.at(-1)?.text).toContain('id: telegram:1001'))
    expect(network.sent.filter(({ text }) => text === LET_IN)).toHaveLength(1)
  })

  test.each(['at once', 'after a restart'])(
    'R45 is told nothing once they are revoked (%s)',
    async (when) => {
      const { network, start, gateway, waiting, heals } = await approvedMeanwhile()
      expect((await rest(gateway, 'DELETE /senders/telegram/1001')).status).toBe(200)
      if (when === 'after a restart') await gateway.stop('SIGKILL')
      heals()
      const now = when === 'after a restart' ? await start() : gateway
      await waiting(0, now)
      network.say({ from: NICK, text: 'hello again' })
      await waitFor(() => expect(network.sent).toHaveLength(2))
      codeTo(network.sent[1]?.text)
    },
  )
})

describe('the owner on Telegram', () => {
  const OWNER = { id: 7, username: 'boss' }
  const owner = { commands: { ownerAllowFrom: ['telegram:7'] } }

  test('R18 decides by a button, and nobody else by the same one', async () => {
    const { network, start } = await telegram({ allowFrom: [7, 8] }, owner)
    const gateway = await start()
    network.say({ from: NICK, text: 'hello' })
    await waitFor(() => expect(network.sent).toHaveLength(2))
    const notice = network.sent.find(({ chatId }) => chatId === '7')
    const [approve] = notice?.buttons ?? []
    expect(notice?.text).toContain('telegram:1001')
    expect(notice?.text).not.toContain('hello')

    for (const from of [NICK, { id: 8 }]) network.press(from, approve?.data ?? '')
    await waitFor(() => expect(network.pressed).toHaveLength(2))
    // Whoever is not heard is not answered either.
    expect(network.pressed.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Only the owner may do that.', null]),
    )
    const { json } = await rest(gateway, 'GET /senders')
    expect(json).toMatchObject({ requests: [{ senderId: '1001' }], approved: [] })

    network.press(OWNER, approve?.data ?? '')
    await waitFor(() => expect(network.pressed).toHaveLength(3))
    expect(network.pressed[2]?.text).toBe('telegram:1001 may write from now on, and is told.')
    await waitFor(() => expect(network.sent.at(-1)).toMatchObject({ chatId: '1001', text: LET_IN }))
    const after = await rest(gateway, 'GET /senders')
    expect(after.json).toMatchObject({
      requests: [],
      approved: [{ senderId: '1001', approvedBy: 'sender:telegram:7' }],
    })
    network.press(OWNER, approve?.data ?? '')
    await waitFor(() => expect(network.pressed[3]?.text).toContain('Nobody waits'))
  })

  test('R50 has commands that a stranger who was let in does not have', async () => {
    const { network, start } = await telegram({ allowFrom: [7, 8] }, owner)
    await start()
    network.say({ from: NICK, text: 'hello' })
    await waitFor(() => expect(network.sent).toHaveLength(2))
    const code = codeTo(network.sent.find(({ chatId }) => chatId === '1001')?.text)
    network.say({ from: { id: 8 }, text: `/pairing approve telegram ${code}` })
    await waitFor(() =>
      expect(network.sent[2]).toMatchObject({ text: 'Only the owner may do that.' }),
    )
    network.say({ from: OWNER, text: `/pairing approve telegram ${code.toLowerCase()}` })
    const to = (id: string) => network.sent.filter(({ chatId }) => chatId === id)
    await waitFor(() => expect(to('7').at(-1)?.text).toMatch(/^telegram:1001 may write .*is told/))
    await waitFor(() => expect(to('1001').at(-1)?.text).toBe(LET_IN))
  })
})

test('/reset begins a conversation of one’s own anew, and no other; what was said is kept', async () => {
  const session = { dmScope: 'per-channel-peer' }
  const { network, start } = await telegram({ allowFrom: [7, 8] }, { session })
  const gateway = await start()
  const turn = async (text: string) => {
    const before = network.sent.length
    network.say({ from: { id: 8 }, text })
    await waitFor(() => expect(network.sent).toHaveLength(before + 1))
    return network.sent.at(-1)?.text
  }
  expect(await turn('/reset')).toContain('new already')
  await turn('remember this')
  expect(await turn('/reset')).toContain('anew')
  const { json } = await rest(gateway, 'GET /sessions')
  const keys = json.sessions.map(({ key }: { key: string }) => key)
  expect(keys).toContain('agent:main:telegram:dm:8')
  expect(keys.some((key: string) => key.startsWith('agent:main:telegram:dm:8~'))).toBe(true)
})

test('R56 in a conversation that others have a part in, only the owner may /reset', async () => {
  const { network, start } = await telegram({ allowFrom: [8] })
  await start()
  network.say({ from: { id: 8 }, text: '/reset' })
  await waitFor(() => expect(network.sent[0]?.text).toContain('only the owner'))
})

test('by webhook, what comes without the secret token is turned away unread, and the right one is heard', async () => {
  const secret = 'hook-secret-'.repeat(4)
  const webhook = { webhookUrl: 'https://claw.example', webhookSecret: secret }
  const { network, start } = await telegram({ allowFrom: [8], ...webhook })
  const gateway = await start()
  await waitFor(() =>
    expect(network.webhook).toEqual({
      url: 'https://claw.example/webhooks/telegram/default',
      secret,
    }),
  )
  const deliver = async (headers: Record<string, string>) => {
    const update = network.say({ from: { id: 8 }, text: '/whoami' })
    const path = '/webhooks/telegram/default'
    const { status } = await gateway.ask({
      method: 'POST',
      path,
      headers: { ...headers, 'x-forwarded-for': '203.0.113.9' },
      body: update,
    })
    return status
  }
  expect(await deliver({})).toBe(401)
  expect(await deliver({ 'x-telegram-bot-api-secret-token': 'guess' })).toBe(401)
  expect(await deliver({ 'x-telegram-bot-api-secret-token': secret })).toBe(200)
  await waitFor(() => expect(network.sent[0]?.text).toContain('telegram:8'))
  expect(network.sent).toHaveLength(1)
  expect(network.calls).not.toContain('getUpdates')
})

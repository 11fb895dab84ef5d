/** Discord, end to end: a built gateway, the real client libraries, and a stand-in of Discord's servers. */
import { expect, onTestFinished, test } from 'vitest'
import { startDiscordStandIn } from '../src/channels/discord/discord-stand-in.fixture.ts'
import { LET_IN } from '../src/channels/let-in.ts'
import { channelGateway, codeTo, rest, settled, waitFor } from './channels.fixture.ts'

const ANNA = { id: '200000000000000001', username: 'anna', global_name: 'Anna A.' }
const DM = '300000000000000001'
const BELA = { id: '200000000000000002', username: 'bela' }
const BELAS = '300000000000000002'

async function standIn(token = 'MTA.discord-token.of-a-bot') {
  const network = await startDiscordStandIn({ token })
  onTestFinished(() => network.stop())
  return {
    network,
    settings: { token, apiBase: network.apiBase },
    say: (text: string) => network.say({ from: ANNA, channelId: DM, text }),
    texts: () => network.sent.map(({ content }) => content),
  }
}

async function discord(settings: object = {}) {
  const { settings: own, ...rest } = await standIn()
  const { start } = channelGateway({ discord: { ...own, ...settings } })
  return {
    ...rest,
    start: async () => {
      const gateway = await start()
      await settled(gateway)
      return gateway
    },
  }
}

test('a stranger gets a code and nothing else; approved, they talk; revoked, they are out', async () => {
  const { network, say, texts, start } = await discord()
  const gateway = await start()
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(1))
  const code = codeTo(texts()[0])
  say('hello?')
  const approved = await rest(gateway, 'POST /senders/approve', { channel: 'discord', code })
  expect(approved).toMatchObject({
    status: 200,
    json: { senderId: ANNA.id, via: 'code', told: true },
  })
  await waitFor(() => expect(texts()).toHaveLength(2))
  expect(network.sent[1]).toMatchObject({ channelId: DM, content: LET_IN })
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(3))
  expect(texts()[2]).toContain(`id: discord:${ANNA.id}`)

  expect((await rest(gateway, `DELETE /senders/discord/${ANNA.id}`)).status).toBe(200)
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(4))
  codeTo(texts()[3])
})

test('an answer that was not sent when the gateway was killed is sent by the next one, once', async () => {
  const { network, say, texts, start } = await discord({ allowFrom: [ANNA.id] })
  const first = await start()
  network.failNext(1_000, 502)
  say('/whoami')
  await waitFor(async () => {
    const { json } = await rest(first, 'GET /channels')
    expect(json.channelAccounts.discord[0].waiting).toBe(1)
  })
  await first.stop('SIGKILL')
  say('/status')
  network.failNext(0, 502)
  const second = await start()
  await waitFor(() => expect(texts()).toHaveLength(2))
  await settled(second)
  expect(texts()[0]).toContain('id: discord')
  expect(texts()[1]).toContain('agent:')
  expect(network.gateway.entries).toEqual(['identify', 'resume'])
})

test('what is said while the connection is lost, or Discord forgot the session, is answered once and in order', async () => {
  const { network, say, texts, start } = await discord({ allowFrom: [ANNA.id] })
  const gateway = await start()
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(1))
  network.dropConnections()
  say('/status')
  say('/help')
  await waitFor(() => expect(texts()).toHaveLength(3))
  expect(network.gateway.entries).toEqual(['identify', 'resume'])
  network.gateway.askToReconnect()
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(4))
  network.gateway.forgetSessions()
  network.dropConnections()
  await waitFor(() => expect(network.gateway.entries.at(-1)).toBe('identify'))
  say('/whoami')
  await waitFor(() => expect(texts()).toHaveLength(5))
  await settled(gateway)
  const kinds = texts().map((text) => /^id: |^agent: |^\S+/.exec(text)?.[0])
  expect(kinds).toEqual(['id: ', 'agent: ', kinds[2], 'id: ', 'id: '])
  expect(new Set(network.sent.map(({ nonce }) => nonce)).size).toBe(5)
})

test('accounts have each their own people, answers and connection', async () => {
  const [one, two] = [await standIn('first-token'), await standIn('second-token')]
  const work = { ...two.settings, allowFrom: [BELA.id] }
  const settings = { ...one.settings, allowFrom: [ANNA.id], accounts: { work } }
  const gateway = await channelGateway({ discord: settings }).start()
  await settled(gateway)
  const { json } = await rest(gateway, 'GET /channels')
  expect(json.channelAccounts.discord).toMatchObject([
    { accountId: 'default' },
    { accountId: 'work' },
  ])
  for (const { network } of [one, two]) {
    network.say({ from: ANNA, channelId: DM, text: '/whoami' })
    network.say({ from: BELA, channelId: BELAS, text: '/whoami' })
  }
  await waitFor(() => expect([one.texts().length, two.texts().length]).toEqual([2, 2]))
  const heard = ({ network }: typeof one, channelId: string, text = '') =>
    network.sent.find(
      (message) => message.channelId === channelId && message.content.includes(text),
    )?.content
  expect(heard(one, DM)).toContain(`id: discord:${ANNA.id}`)
  expect(heard(two, BELAS)).toContain(`id: discord:work:${BELA.id}`)
  codeTo(heard(one, BELAS))
  const code = codeTo(heard(two, DM))
  const approved = await rest(gateway, 'POST /senders/approve', { channel: 'discord', code })
  expect(approved.json).toMatchObject({ senderId: ANNA.id, accountId: 'work', told: true })
  await waitFor(() => expect(heard(two, DM, LET_IN)).toBe(LET_IN))

  one.network.failNext(1_000, 502)
  one.say('/status')
  two.say('/status')
  await waitFor(() => expect(two.texts()).toHaveLength(4))
  expect(one.texts(), 'a network that fails holds up its own account alone').toHaveLength(2)
})

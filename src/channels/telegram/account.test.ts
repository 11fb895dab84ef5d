/** Telegram alone: what its own way of being called asks for besides the contract of all networks. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { memory } from '../account.fixture.ts'
import { openTelegram } from './account.ts'
import { TelegramStandIn } from './telegram-stand-in.fixture.ts'

test(
  'an account that is told to end does not wait for a webhook to be set',
  { timeout: 10_000 },
  async () => {
    const network = await TelegramStandIn.start()
    onTestFinished(() => network.stop())
    network.silentFor.add('setWebhook')
    const account = openTelegram(
      { channel: 'telegram', account: 'default' },
      {
        token: new Secret(network.token),
        apiBase: network.apiBase,
        webhookUrl: 'https://claw.example',
        webhookSecret: new Secret('hook-secret-'.repeat(4)),
      },
      { cursor: memory().cursor, warn: () => {} },
    )
    const stop = new AbortController()
    const deaf = { message: async () => {}, press: async () => null, connected: () => {} }
    const ended = account.run(deaf, stop.signal)
    await vi.waitFor(() => expect(network.calls).toContain('setWebhook'))
    stop.abort()
    await ended
  },
)

const MENTION_OF_NOBODY = { entities: [{ type: 'text_mention', offset: 0, length: 1 }] }
const NONSENSE = [
  { group: -100, text: 'hi', more: MENTION_OF_NOBODY },
  { more: { chat: null } },
  { more: { entities: 7 }, group: -100 },
  { more: { text: 7 } },
  { text: 'of no time', more: { date: 'yesterday' } },
]

test('an update that makes no sense is left out with a warning, and what comes after it is heard', async () => {
  const network = await TelegramStandIn.start()
  onTestFinished(() => network.stop())
  const heard: (string | null)[] = []
  const warnings: string[] = []
  const account = openTelegram(
    { channel: 'telegram', account: 'default' },
    { token: new Secret(network.token), apiBase: network.apiBase },
    { cursor: memory().cursor, warn: (message) => warnings.push(message) },
  )
  for (const words of NONSENSE) network.say({ from: { id: 1001 }, ...words })
  network.say({ from: { id: 1002 }, text: 'sense' })
  const stop = new AbortController()
  const ended = account.run(
    {
      async message(incoming) {
        expect(incoming.at).not.toBeNaN()
        heard.push(incoming.read())
      },
      press: async () => null,
      connected: () => {},
    },
    stop.signal,
  )
  await vi.waitFor(() => expect(network.unconfirmed).toBe(0))
  stop.abort()
  await ended
  expect(heard).toEqual([null, 'of no time', 'sense'])
  expect(new Set(warnings)).toEqual(
    new Set(['telegram (default): an update makes no sense, and was left out']),
  )
  expect(warnings).toHaveLength(3)
})

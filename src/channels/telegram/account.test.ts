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

import { describe, expect, it } from 'vitest'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'

closeGatewaysAfterEach()

const account = {
  accountId: 'default',
  running: true,
  connected: true,
  lastError: null as string | null,
  lastInboundAt: null,
  lastOutboundAt: null,
  waiting: 0,
  dmPolicy: 'pairing',
}

const statusOf = (one: object) => ({
  'channels.status': {
    channelOrder: ['telegram'],
    channelLabels: { telegram: 'Telegram' },
    channelAccounts: { telegram: [{ ...account, ...one }] },
  },
})

describe('channels status', () => {
  it.each([
    ['connected', {}, 0],
    ['about to connect, after an error', { connected: false, lastError: 'ETIMEDOUT' }, 0],
    ['given up', { running: false, connected: false, lastError: 'Unauthorized' }, 1],
    ['switched off', { running: false, connected: false }, 0],
    ['that does not know us', { probe: { ok: false, name: null, problem: 'Unauthorized' } }, 1],
  ])('an account that is %s', async (_, one, code) => {
    const { openclaw } = await gateway(statusOf(one))
    expect(await openclaw('channels', 'status')).toMatchObject({ code })
    expect(await openclaw('channels', 'status', '--json')).toMatchObject({ code })
  })
})

describe('pairing list', () => {
  it('a network that there is not is no empty list', async () => {
    const { openclaw } = await gateway({})
    expect(await openclaw('pairing', 'list', 'telegramm')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there is no network telegramm: telegram, .*are/),
    })
  })
})

/** `channels.status` and `last-heartbeat`: the protocol's shapes, true answers. */
import { ChannelsStatusResultSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { channelsStatus, type ChannelAccountStatus } from './channels-status.ts'
import { lastHeartbeat } from './last-heartbeat.ts'
import { runOperation } from './operator-call.fixture.ts'

const NOW = 1_800_000_000_000

const account = (more: Partial<ChannelAccountStatus>): ChannelAccountStatus => ({
  channel: 'telegram',
  label: 'Telegram',
  accountId: 'default',
  running: true,
  connected: true,
  lastError: null,
  lastStartAt: NOW - 5_000,
  lastConnectedAt: NOW - 4_000,
  lastInboundAt: null,
  lastOutboundAt: null,
  reconnectAttempts: 0,
  waiting: 0,
  dmPolicy: 'pairing',
  ...more,
})
const TWO = [
  account({ dmPolicy: 'locked' }),
  account({ channel: 'whatsapp', label: 'WhatsApp', connected: false, lastError: 'no token' }),
]

const asked = (accounts: readonly ChannelAccountStatus[], input: object = {}) =>
  runOperation(
    channelsStatus({
      accounts: () => accounts,
      probe: (channel, _, timeoutMs) =>
        Promise.resolve({ ok: true, name: `@${channel} ${timeoutMs}`, problem: null }),
      clock: () => NOW,
    }),
    input,
  )

describe('channels.status', () => {
  it('is empty where no network is configured', async () => {
    const result = await asked([])
    expect(Check(ChannelsStatusResultSchema, result)).toBe(true)
    expect(result).toMatchObject({ ts: NOW, channelOrder: [], channelAccounts: {} })
  })

  it('says how each account is, as the protocol has it', async () => {
    const result = await asked([...TWO, account({ accountId: 'work' })])
    expect(Check(ChannelsStatusResultSchema, result)).toBe(true)
    expect(result).toMatchObject({
      channelOrder: ['telegram', 'whatsapp'],
      channelLabels: { telegram: 'Telegram', whatsapp: 'WhatsApp' },
      channels: { whatsapp: { running: true, connected: false, lastError: 'no token' } },
      channelAccounts: {
        telegram: [
          { accountId: 'default', configured: true, running: true, dmPolicy: 'locked' },
          { accountId: 'work' },
        ],
      },
      channelDefaultAccountId: { telegram: 'default' },
    })
  })

  it('asks the networks where it is told to, for no longer than a minute', async () => {
    const result = await asked(TWO, { probe: true, timeoutMs: 900_000, channel: 'telegram' })
    expect(Check(ChannelsStatusResultSchema, result)).toBe(true)
    expect(result).toMatchObject({
      channelAccounts: { telegram: [{ probe: { ok: true, name: '@telegram 60000' } }] },
    })
    expect(JSON.stringify(await asked(TWO))).not.toContain('probe')
  })

  it('answers for one network alone, and for none of that name', async () => {
    expect(await asked(TWO, { channel: 'whatsapp' })).toMatchObject({ channelOrder: ['whatsapp'] })
    expect(await asked(TWO, { channel: 'signal' })).toMatchObject({ channelOrder: [] })
  })

  it.each([{ probe: 'maybe' }, { timeoutMs: -1 }, { channel: '' }, { deep: true }])(
    'refuses %j',
    async (input) => {
      await expect(asked(TWO, input)).rejects.toThrow()
    },
  )
})

describe('last-heartbeat', () => {
  it('is nothing, since no agent speaks unasked', async () => {
    expect(await runOperation(lastHeartbeat())).toBeNull()
  })
})

/** `channels.status` and `last-heartbeat`: the protocol's shapes, true answers. */
import { ChannelsStatusResultSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { configuredChannels } from '../config/section-channels.ts'
import { configSchema } from '../config/schema.ts'
import { channelsStatus, type ConfiguredChannel } from './channels-status.ts'
import { lastHeartbeat } from './last-heartbeat.ts'
import { runOperation } from './operator-call.fixture.ts'

const NOW = 1_800_000_000_000

const asked = (channels: readonly ConfiguredChannel[], input: object = {}) =>
  runOperation(channelsStatus({ configured: () => channels, clock: () => NOW }), input)

const TWO = configuredChannels(
  configSchema.parse({
    channels: {
      telegram: { token: '123:abc', dmPolicy: 'locked' },
      whatsapp: { appSecret: 'secret-of-the-app' },
      discord: { dmPolicy: 'open', allowFrom: ['*'] },
    },
  }).channels,
)

describe('channels.status', () => {
  it('is empty where no network has a secret', async () => {
    const result = await asked(configuredChannels(configSchema.parse({}).channels))
    expect(Check(ChannelsStatusResultSchema, result)).toBe(true)
    expect(result).toMatchObject({ ts: NOW, channelOrder: [], channelAccounts: {} })
  })

  it('says of a configured network that it does not run, as the protocol has it', async () => {
    const result = await asked(TWO, { probe: true, timeoutMs: 8000 })
    expect(Check(ChannelsStatusResultSchema, result)).toBe(true)
    expect(result).toMatchObject({
      channelOrder: ['telegram', 'whatsapp'],
      channelLabels: { telegram: 'Telegram', whatsapp: 'WhatsApp' },
      channelAccounts: {
        telegram: [{ accountId: 'default', configured: true, running: false, dmPolicy: 'locked' }],
      },
      channelDefaultAccountId: { telegram: 'default' },
    })
  })

  it('never shows what a network is configured with', async () => {
    const text = JSON.stringify(await asked(TWO))
    for (const hidden of ['123:abc', 'secret-of-the-app']) expect(text).not.toContain(hidden)
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

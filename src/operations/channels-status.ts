/** `channels.status`: which chat networks are configured, and whether they run. None does in this version. */
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import { flag, wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

/** A network with at least one secret of its own in the configuration. */
export interface ConfiguredChannel {
  /** `telegram`. */
  readonly id: string
  readonly label: string
  readonly dmPolicy: string
}

export interface ChannelsStatusPorts {
  /** Asked each time, since a reload may have changed them. */
  readonly configured: () => readonly ConfiguredChannel[]
  readonly clock: Clock
}

/** One account a network. */
const ACCOUNT = 'default'
const NOT_RUN = 'this version does not run channels'

/** As the protocol has it. There is nothing to probe, so nothing to wait for. */
const input = z.strictObject({
  probe: flag.optional(),
  timeoutMs: wholeNumber(0).optional(),
  channel: z.string().min(1).max(128).optional(),
})

export function channelsStatus({ configured, clock }: ChannelsStatusPorts): Operation {
  return defineOperation({
    name: 'channels.status',
    summary:
      'Which chat networks are configured, and whether they run (none does in this version).',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/channels' },
    websocket: true,
    input,
    run({ channel = null }) {
      const found = configured().filter(({ id }) => channel === null || id === channel)
      return {
        ts: clock(),
        channelOrder: found.map(({ id }) => id),
        channelLabels: byId(found, ({ label }) => label),
        channels: byId(found, () => ({ configured: true, running: false, lastError: NOT_RUN })),
        channelAccounts: byId(found, account),
        channelDefaultAccountId: byId(found, () => ACCOUNT),
      }
    },
  })
}

function account({ dmPolicy }: ConfiguredChannel) {
  return [
    {
      accountId: ACCOUNT,
      configured: true,
      running: false,
      connected: false,
      lastError: NOT_RUN,
      dmPolicy,
    },
  ]
}

function byId<Value>(
  channels: readonly ConfiguredChannel[],
  value: (channel: ConfiguredChannel) => Value,
): Record<string, Value> {
  return Object.fromEntries(channels.map((channel) => [channel.id, value(channel)]))
}

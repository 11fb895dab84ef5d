/** `channels.status`: which chat networks are configured, and how each of their accounts is. */
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import { flag, wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

/** One account, in the wire's words. Times are milliseconds since the epoch, `null` never. */
export interface ChannelAccountStatus {
  /** `telegram`. */
  readonly channel: string
  /** `Telegram`. */
  readonly label: string
  readonly accountId: string
  readonly running: boolean
  readonly connected: boolean
  /** In words, without secrets; `null` when there is none. */
  readonly lastError: string | null
  readonly lastStartAt: number | null
  readonly lastConnectedAt: number | null
  readonly lastInboundAt: number | null
  readonly lastOutboundAt: number | null
  readonly reconnectAttempts: number
  /** Messages that wait to be sent. */
  readonly waiting: number
  readonly dmPolicy: string
}

export interface ChannelProbe {
  readonly ok: boolean
  /** Who the account is there: `@bot`. */
  readonly name: string | null
  readonly problem: string | null
}

export interface ChannelsStatusPorts {
  /** Asked each time, since a reload may have changed them; the default account of a network first. */
  readonly accounts: () => readonly ChannelAccountStatus[]
  /** Asks the network itself. Never rejects. */
  readonly probe: (channel: string, account: string, timeoutMs: number) => Promise<ChannelProbe>
  readonly clock: Clock
}

const PROBE_MS = 10_000
const MOST_PROBE_MS = 60_000

/** As the protocol has it. */
const input = z.strictObject({
  probe: flag.optional(),
  timeoutMs: wholeNumber(0).optional(),
  channel: z.string().min(1).max(128).optional(),
})

export function channelsStatus(ports: ChannelsStatusPorts): Operation {
  return defineOperation({
    name: 'channels.status',
    summary: 'Which chat networks are configured, and how each of their accounts is.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/channels' },
    websocket: true,
    input,
    async run({ channel = null, probe = false, timeoutMs = PROBE_MS }) {
      const found = ports.accounts().filter((one) => channel === null || one.channel === channel)
      const shown = await Promise.all(
        found.map(async ({ channel: id, label, ...account }) => ({
          channel: id,
          label,
          view: {
            ...account,
            configured: true,
            ...(probe && {
              probe: await ports.probe(id, account.accountId, bounded(timeoutMs)),
            }),
          },
        })),
      )
      const of = (id: string) => shown.filter((one) => one.channel === id)
      const order = [...new Set(found.map((one) => one.channel))]
      return {
        ts: ports.clock(),
        channelOrder: order,
        channelLabels: byId(order, (id) => of(id)[0]?.label ?? id),
        channels: byId(order, (id) => summary(of(id).map(({ view }) => view))),
        channelAccounts: byId(order, (id) => of(id).map(({ view }) => view)),
        channelDefaultAccountId: byId(order, (id) => of(id)[0]?.view.accountId ?? 'default'),
      }
    },
  })
}

function bounded(timeoutMs: number): number {
  return Math.min(MOST_PROBE_MS, Math.max(1, timeoutMs))
}

/** Of a network: as its accounts are together. */
function summary(
  accounts: readonly Pick<ChannelAccountStatus, 'running' | 'connected' | 'lastError'>[],
) {
  return {
    configured: true,
    running: accounts.some(({ running }) => running),
    connected: accounts.length > 0 && accounts.every(({ connected }) => connected),
    lastError: accounts.find(({ lastError }) => lastError !== null)?.lastError ?? null,
  }
}

function byId<Value>(ids: readonly string[], value: (id: string) => Value): Record<string, Value> {
  return Object.fromEntries(ids.map((id) => [id, value(id)]))
}

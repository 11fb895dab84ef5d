/** Everything that `/metrics` answers: what was counted as it happened, and what is read when somebody scrapes. */
import type { Runs } from '../agents/runs.ts'
import type { Conversations } from '../agents/conversations.ts'
import { CHANNELS } from '../channels/index.ts'
import type { ChannelHost } from '../channels/host.ts'
import type { Clock } from '../core/clock.ts'
import { waitingSenders } from '../senders/resolve.ts'
import type { MetricsPort } from '../operations/metrics.ts'
import { METRICS, type Metric, type MetricKey } from '../telemetry/catalogue.ts'
import { exposition } from '../telemetry/exposition.ts'
import type { Meters } from '../telemetry/meters.ts'
import { processReadings } from '../telemetry/process-readings.ts'
import type { Sample } from '../telemetry/series.ts'
import type { WebSocketSurface } from '../server/websocket/upgrade.ts'
import type { State } from './state.ts'

export interface MetricsParts {
  readonly version: string
  readonly meters: Meters
  readonly state: Pick<State, 'throttle' | 'pairing' | 'senders' | 'sessions' | 'record'>
  readonly sockets: () => Pick<WebSocketSurface, 'counts' | 'owners'>
  readonly runs: Runs
  readonly conversations: Conversations
  readonly host: ChannelHost
  readonly reload: { readonly problem: string | null; readonly appliedAt: number }
  readonly clock: Clock
}

type Readings = ReadonlyMap<MetricKey, readonly Sample[]>

/** A metric of the table that nothing reads is left out. */
export function metricsPort(parts: MetricsParts): MetricsPort {
  return {
    async read() {
      const [ofProcess, kept] = await Promise.all([processReadings(), conversationCount(parts)])
      const alone = new Map([...singles(parts), ...ofProcess, ['conversations', kept] as const])
      const all: Readings = new Map([
        ...parts.meters.samples(),
        ...labelled(parts),
        ...[...alone].map(([key, value]) => [key, [sample([], value)]] as const),
      ])
      const metrics = Object.entries(METRICS) as [MetricKey, Metric][]
      return exposition(
        metrics.flatMap(([key, metric]) => {
          const samples = all.get(key)
          return samples === undefined ? [] : [[metric, samples] as const]
        }),
      )
    },
  }
}

function singles({ state, runs, reload, clock }: MetricsParts): ReadonlyMap<MetricKey, number> {
  const { record, pairing, sessions } = state
  const { waiting, lagMs, failures } = record.health
  return new Map<MetricKey, number>([
    ['devices', pairing.book.devices().length],
    ['deviceRequests', pairing.book.requests().length],
    ['webSessions', sessions.count(clock())],
    ['runsActive', runs.counts.active],
    ['runsWaiting', runs.counts.waiting],
    ['recordWritable', record.writable ? 1 : 0],
    ['recordFailures', failures],
    ['recordWaiting', waiting],
    ['recordLag', lagMs / 1000],
    ['reloadGood', reload.problem === null ? 1 : 0],
    ['reloadAt', Math.round(reload.appliedAt) / 1000],
  ])
}

function labelled({ version, state, sockets, host }: MetricsParts): Readings {
  const { throttle, senders } = state
  const {
    counts: { live, waiting },
    owners,
  } = sockets()
  const views = host.views().map(({ ref, state: { connected }, waiting: unsent }) => ({
    channel: ref.channel,
    connected,
    unsent,
  }))
  const ofEach = (count: (channel: string) => number): readonly Sample[] =>
    Object.keys(CHANNELS).map((channel) => sample(['channel', channel], count(channel)))
  const accounts = (state: 'connected' | 'disconnected'): readonly Sample[] =>
    Object.keys(CHANNELS).map((channel) =>
      sample(
        ['channel', channel, 'state', state],
        views.filter((one) => one.channel === channel && one.connected === (state === 'connected'))
          .length,
      ),
    )
  return new Map<MetricKey, readonly Sample[]>([
    ['locks', [...throttle.held()].map(([cls, count]) => sample(['class', cls], count))],
    [
      'connections',
      [
        sample(['surface', 'websocket'], live - owners),
        sample(['surface', 'owner'], owners),
        sample(['surface', 'handshake'], waiting),
      ],
    ],
    ['senders', ofEach(countIn(senders.book.approvals()))],
    ['senderRequests', ofEach(countIn(waitingSenders(senders)))],
    ['accounts', [...accounts('connected'), ...accounts('disconnected')]],
    [
      'outbox',
      ofEach((channel) =>
        views.reduce((sum, one) => sum + (one.channel === channel ? one.unsent : 0), 0),
      ),
    ],
    ['build', [sample(['version', version, 'node', process.version], 1)]],
  ])
}

function countIn(list: readonly { readonly channel: string }[]): (channel: string) => number {
  const counts = Map.groupBy(list, ({ channel }) => channel)
  return (channel) => counts.get(channel)?.length ?? 0
}

async function conversationCount({ conversations }: MetricsParts): Promise<number> {
  const filter = { agentId: null, search: null, updatedSince: null, limit: 1, offset: 0 }
  return (await conversations.list(filter)).total
}

function sample(labels: readonly string[], value: number): Sample {
  return { suffix: '', labels, value }
}

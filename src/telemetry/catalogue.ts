/**
 * Every metric of `/metrics`: name, kind, meaning, and what its labels may hold. The page, the dashboard's test and the answer
 * itself are made from this table.
 *
 * A label holds words of ours alone. Addresses, ids, names and whatever else a caller chooses are never one: they would let a
 * stranger make as many series as they like, and show whoever scrapes what only the record should.
 */

export interface Metric {
  /** As Prometheus names things: base units, `_total` at the end of what is only counted. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Its labels in order, each with the values that it may hold, in words. */
  readonly labels: Readonly<Record<string, string>>
}

const SURFACE = '`http`, `websocket`, `owner` (its socket), `channel` (a message)'
const CHANNEL = 'name of the chat network'
const CLASS = 'class of credential, such as `shared`, `api-key`, `device`'

export const METRICS = {
  decisions: {
    name: 'openclaw_decisions_total',
    type: 'counter',
    help: 'Requests, frames, connects and messages that were decided on.',
    labels: {
      surface: SURFACE,
      outcome: '`allowed`, `refused`, `failed`',
      category:
        'what the caller heard, such as `unauthenticated`, `throttled`; `none` when allowed',
      method: 'how they were let in, such as `token`, `local-direct`; `none` when they were not',
    },
  },
  refusals: {
    name: 'openclaw_refusals_total',
    type: 'counter',
    help: 'Refusals by reason: docs/reference/reasons.md says what to do about each.',
    labels: { reason: 'a reason of docs/reference/reasons.md' },
  },
  guesses: {
    name: 'openclaw_guesses_total',
    type: 'counter',
    help: 'Wrong credentials that were counted against a caller.',
    labels: { class: `${CLASS}; \`loopback\`: from this host, where they are only slowed down` },
  },
  locks: {
    name: 'openclaw_locks',
    type: 'gauge',
    help: 'Locks that hold now.',
    labels: { class: CLASS },
  },
  requestSeconds: {
    name: 'openclaw_request_duration_seconds',
    type: 'histogram',
    help: 'From the first look at a request to its answer.',
    labels: {
      operation: 'an operation, `webhook.<network>`, or `unknown` for a path that is none',
    },
  },
  connections: {
    name: 'openclaw_connections',
    type: 'gauge',
    help: 'WebSockets that are open now.',
    labels: { surface: '`websocket`, `owner`; `handshake`: nobody is known on it yet' },
  },
  devices: {
    name: 'openclaw_devices',
    type: 'gauge',
    help: 'Devices that are approved for something.',
    labels: {},
  },
  deviceRequests: {
    name: 'openclaw_device_requests',
    type: 'gauge',
    help: 'Devices that wait for an approval.',
    labels: {},
  },
  senders: {
    name: 'openclaw_senders',
    type: 'gauge',
    help: 'People who may write on a chat network by an approval.',
    labels: { channel: CHANNEL },
  },
  senderRequests: {
    name: 'openclaw_sender_requests',
    type: 'gauge',
    help: 'People on a chat network who wait for an approval.',
    labels: { channel: CHANNEL },
  },
  webSessions: {
    name: 'openclaw_web_sessions',
    type: 'gauge',
    help: 'Browsers that are logged in.',
    labels: {},
  },
  conversations: {
    name: 'openclaw_conversations',
    type: 'gauge',
    help: 'Conversations that are kept.',
    labels: {},
  },
  runsActive: {
    name: 'openclaw_runs_active',
    type: 'gauge',
    help: 'Messages that an agent answers now.',
    labels: {},
  },
  runsWaiting: {
    name: 'openclaw_runs_waiting',
    type: 'gauge',
    help: 'Messages that wait for the one before them.',
    labels: {},
  },
  runs: {
    name: 'openclaw_runs_total',
    type: 'counter',
    help: 'Answers of agents that ended.',
    labels: { outcome: '`answered`, `aborted`, `failed`' },
  },
  runSeconds: {
    name: 'openclaw_run_duration_seconds',
    type: 'histogram',
    help: 'From the moment an agent begins to the end of its answer.',
    labels: {},
  },
  accounts: {
    name: 'openclaw_channel_accounts',
    type: 'gauge',
    help: 'Accounts on chat networks.',
    labels: { channel: CHANNEL, state: '`connected`, `disconnected`' },
  },
  messages: {
    name: 'openclaw_channel_messages_total',
    type: 'counter',
    help: 'Messages on chat networks.',
    labels: {
      channel: CHANNEL,
      result:
        '`received`; `refused`: of somebody who may not write; `sent`; `undeliverable`: the network took it from us never',
    },
  },
  outbox: {
    name: 'openclaw_outbox_waiting',
    type: 'gauge',
    help: 'Messages that wait to be sent.',
    labels: { channel: CHANNEL },
  },
  recordWritable: {
    name: 'openclaw_record_writable',
    type: 'gauge',
    help: '0 while the record cannot be written, and changes are refused.',
    labels: {},
  },
  recordFailures: {
    name: 'openclaw_record_write_failures_total',
    type: 'counter',
    help: 'Writes to the record that failed.',
    labels: {},
  },
  recordWaiting: {
    name: 'openclaw_record_waiting',
    type: 'gauge',
    help: 'Entries of the record that are not on disk yet.',
    labels: {},
  },
  recordLag: {
    name: 'openclaw_record_lag_seconds',
    type: 'gauge',
    help: 'For how long entries have waited since the disk last took some; 0 when none waits.',
    labels: {},
  },
  reloadGood: {
    name: 'openclaw_config_last_reload_successful',
    type: 'gauge',
    help: '0 while the configuration on disk is refused and an older one is in force.',
    labels: {},
  },
  reloadAt: {
    name: 'openclaw_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the configuration in force was taken over.',
    labels: {},
  },
  reloads: {
    name: 'openclaw_config_reloads_total',
    type: 'counter',
    help: 'Changed configurations, keys included, that were looked at.',
    labels: { outcome: '`applied`, `refused`' },
  },
  build: {
    name: 'openclaw_build_info',
    type: 'gauge',
    help: 'Always 1.',
    labels: { version: 'of the gateway', node: 'version of Node' },
  },
  cpu: {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time, user and system.',
    labels: {},
  },
  memory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory.',
    labels: {},
  },
  heap: {
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    help: 'Heap in use.',
    labels: {},
  },
  fds: {
    name: 'process_open_fds',
    type: 'gauge',
    help: 'Open file descriptors; absent where /proc is.',
    labels: {},
  },
  started: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'When the process started.',
    labels: {},
  },
  lag: {
    name: 'nodejs_eventloop_lag_seconds',
    type: 'gauge',
    help: 'How late the event loop came round at this scrape.',
    labels: {},
  },
  busy: {
    name: 'nodejs_eventloop_busy_seconds_total',
    type: 'counter',
    help: 'Time in which the event loop did not wait.',
    labels: {},
  },
} as const satisfies Record<string, Metric>

export type MetricKey = keyof typeof METRICS

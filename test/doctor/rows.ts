/** States for the checks of the doctor: one that each reports, and where it is close, one that it does not. */
import type { Problem } from '../../src/config/problem.ts'
import type { ConfigFact, DoctorFacts } from '../../src/doctor/types.ts'
import { HEALTHY, NOW, type DoctorRow } from './scene.fixture.ts'

const PROBLEM: Problem = {
  code: 'wrong_value',
  key: 'gateway.port',
  where: { source: '/x/openclaw.json', line: 7 },
  message: '"seventy" is not accepted',
  fix: 'Accepted: a port',
}

function config(facts: Partial<Extract<ConfigFact, { kind: 'loaded' }>>): Partial<DoctorFacts> {
  return { config: { ...HEALTHY.config, ...facts } }
}

const STOPPED: Partial<DoctorFacts> = { gateway: { kind: 'stopped', killed: null } }
const LISTENER = { address: '127.0.0.1', uid: 0, pid: 99, program: 'python3' } as const
const USER_UNIT = { path: '/u/openclaw.service', scope: 'user', secrets: [] } as const
const UNSAFE = {
  checkId: 'gateway.bind_no_auth',
  severity: 'critical',
  title: 'Open',
  detail: '',
  fix: '',
  repairs: [],
} as const

export const DOCTOR_ROWS: Readonly<Record<string, DoctorRow>> = {
  'config.does_not_load': {
    wrong: { config: { kind: 'refused', problems: [PROBLEM] } },
    says: /^\/x\/openclaw\.json:7: gateway\.port: "seventy" is not accepted$/,
    severity: 'critical',
  },
  'config.would_not_start': {
    wrong: config({ problems: [PROBLEM] }),
    says: /gateway\.port/,
    severity: 'critical',
  },
  'config.unresolved': {
    wrong: { ...config({ unresolved: [PROBLEM] }), ...STOPPED },
    says: /^gateway\.port: /,
    severity: 'critical',
  },
  'config.shadowed_secret': {
    wrong: config({
      shadowed: [{ key: 'gateway.auth.token', winner: 'environment variable X', loser: 'a:3' }],
    }),
    says: /^gateway\.auth\.token: environment variable X wins over a different value in a:3$/,
    severity: 'warning',
  },
  'config.flat_keys': {
    wrong: config({
      flatKeys: [{ flat: 'gateway.token', means: 'gateway.auth.token', undecided: false }],
    }),
    says: /gateway\.token is gateway\.auth\.token/,
    severity: 'info',
  },
  'config.change_waits': {
    wrong: { change: { kind: 'waits', keys: 'gateway.bind', undoAt: NOW - 10_000 } },
    says: /^a change of gateway\.bind was to be undone at 2026-11-20T11:59:50\.000Z$/,
    severity: 'warning',
  },
  'config.not_in_force': {
    wrong: { gateway: { ...HEALTHY.gateway, notInForce: 'gateway.port: "x" is not accepted' } },
    says: /^gateway\.port: "x"/,
    severity: 'critical',
  },
  'config.file_name': {
    wrong: config({ file: '/x/gateway.yaml', ownName: '/x/openclaw.json' }),
    says: /\/x\/gateway\.yaml is read/,
    severity: 'info',
  },
  'gateway.not_answering': {
    wrong: { gateway: { ...HEALTHY.gateway, silent: 'no answer in 1 s' } },
    says: /pid 4711.*owner’s socket: no answer/,
    severity: 'critical',
  },
  'gateway.not_running': {
    wrong: { gateway: { kind: 'stopped', killed: { pid: 4711 } } },
    says: /pid 4711.*killed/,
    severity: 'warning',
  },
  'gateway.version_skew': {
    wrong: { gateway: { ...HEALTHY.gateway, version: '1.2.2' } },
    says: /1\.2\.2 runs, this program is 1\.2\.3/,
    severity: 'warning',
  },
  'gateway.port_taken': {
    wrong: { ...STOPPED, port: { number: 18_789, takenBy: [LISTENER] } },
    says: /^127\.0\.0\.1:18789 belongs to python3 \(pid 99, uid 0\)$/,
    severity: 'critical',
  },
  'locks.unlockable': {
    wrong: { locks: [{ path: '/x/gateway.lock', state: { kind: 'unlockable', why: 'no file' } }] },
    says: /\/x\/gateway\.lock: no file/,
    severity: 'critical',
  },
  'locks.held': {
    wrong: { locks: [{ path: '/x/openclaw.json.lock', state: { kind: 'held', pid: 12 } }] },
    says: /^pid 12 holds \/x\/openclaw\.json\.lock$/,
    severity: 'warning',
    right: { locks: [{ path: '/x/gateway.lock', state: { kind: 'held', pid: 12 } }] },
  },
  'store.damaged': {
    wrong: { store: { kind: 'bad', path: '/x/store.sqlite', what: 'is damaged' } },
    says: /\/x\/store\.sqlite: is damaged/,
    severity: 'critical',
    right: { store: { kind: 'absent' } },
  },
  'record.broken': {
    wrong: { record: { kind: 'broken', what: 'entries 3 to 4 are missing' } },
    says: /entries 3 to 4/,
    severity: 'critical',
  },
  'clock.behind': {
    wrong: { clock: { newest: { at: NOW + 121_000, what: '/x/a' }, network: [] } },
    says: /it says 2026-11-20T12:00:00\.000Z, and \/x\/a is of 2026-11-20T12:02:01/,
    severity: 'critical',
    right: { clock: { newest: { at: NOW + 119_000, what: '/x/a' }, network: [] } },
  },
  'clock.differs': {
    wrong: {
      clock: { newest: null, network: [{ host: 'a.example', theirs: NOW - 180_000, ours: NOW }] },
    },
    says: /a\.example says 2026-11-20T11:57/,
    severity: 'warning',
    right: {
      clock: { newest: null, network: [{ host: 'a.example', theirs: NOW - 60_000, ours: NOW }] },
    },
  },
  'host.node_version': {
    wrong: { node: '22.17.9' },
    says: /22\.17\.9/,
    severity: 'critical',
    right: { node: '22.18.0' },
  },
  'host.disk_space': {
    wrong: { disk: { freeBytes: 15 * 1024 * 1024, freeFiles: null } },
    says: /^15 MiB are free/,
    severity: 'critical',
    right: { disk: { freeBytes: 201 * 1024 * 1024, freeFiles: 1000 } },
  },
  'host.open_files': {
    wrong: { openFiles: 1024 },
    says: /1024/,
    severity: 'warning',
    right: { openFiles: null },
  },
  'service.secret_in_unit': {
    wrong: {
      service: {
        container: false,
        lingers: true,
        units: [{ ...USER_UNIT, secrets: ['OPENCLAW_GATEWAY_TOKEN'] }],
      },
    },
    says: /\/u\/openclaw\.service sets OPENCLAW_GATEWAY_TOKEN/,
    severity: 'warning',
  },
  'service.ends_at_logout': {
    wrong: { service: { container: false, lingers: false, units: [USER_UNIT] } },
    says: /does not linger/,
    severity: 'warning',
    right: { service: { container: false, lingers: false, units: [] } },
  },
  'service.container_loopback': {
    wrong: { service: { ...HEALTHY.service, container: true } },
    says: /loopback/,
    severity: 'info',
    right: { service: { ...HEALTHY.service, container: true }, ...config({ bind: 'lan' }) },
  },
  'files.leftover': {
    wrong: {
      leftovers: [{ path: '/x/.a.0123456789ab.tmp', kind: 'temporary', ageMs: 600_001 }],
    },
    says: /\.tmp was left/,
    severity: 'info',
    right: {
      leftovers: [
        { path: '/x/.a.0123456789ab.tmp', kind: 'temporary', ageMs: 599_000 },
        { path: '/x/a.bak', kind: 'backup', ageMs: 86_400_000 },
      ],
    },
  },
  'security.findings': {
    wrong: { security: { findings: [UNSAFE], suppressed: [] } },
    says: /^1 critical, 0 warnings: Open \(gateway\.bind_no_auth\)$/,
    severity: 'critical',
    right: { security: { findings: [{ ...UNSAFE, severity: 'info' }], suppressed: [] } },
  },
}

/** For tests: the facts of a healthy host, and of one on which a single thing is wrong. */
import { DOCTOR_CHECKS } from '../../src/doctor/checks/index.ts'
import type { DoctorFacts } from '../../src/doctor/types.ts'
import { findingsOf } from '../../src/audit/run.ts'

export const NOW = Date.parse('2026-11-20T12:00:00Z')

export const HEALTHY = {
  now: NOW,
  version: '1.2.3',
  node: '24.21.0',
  stateDir: '/home/nick/.openclaw',
  uid: 1000,
  config: {
    kind: 'loaded',
    file: '/home/nick/.openclaw/openclaw.json',
    exists: true,
    ownName: null,
    bind: 'loopback',
    problems: [],
    unresolved: [],
    flatKeys: [],
    shadowed: [],
  },
  change: { kind: 'none' },
  gateway: {
    kind: 'running',
    pid: 4711,
    version: '1.2.3',
    silent: null,
    notInForce: null,
    deaf: [],
  },
  port: { number: 18_789, takenBy: [] },
  locks: [
    { path: '/home/nick/.openclaw/gateway.lock', state: { kind: 'held', pid: 4711 } },
    { path: '/home/nick/.openclaw/openclaw.json.lock', state: { kind: 'free' } },
  ],
  clock: { newest: { at: NOW - 1000, what: 'the newest entry of the record' }, network: [] },
  disk: { freeBytes: 10 ** 10, freeFiles: 10 ** 6 },
  openFiles: 4096,
  store: { kind: 'whole' },
  record: { kind: 'agrees' },
  leftovers: [],
  service: { container: false, units: [], lingers: true },
  security: { findings: [], suppressed: [] },
} as const satisfies DoctorFacts

/** Of one check: what differs from {@link HEALTHY}, and what it then says. */
export interface DoctorRow {
  readonly wrong: Partial<DoctorFacts>
  readonly says: RegExp
  readonly severity: 'critical' | 'warning' | 'info'
  /** Close to it, and still well. */
  readonly right?: Partial<DoctorFacts>
}

export function findingsWith(facts: Partial<DoctorFacts>) {
  return findingsOf(DOCTOR_CHECKS, { ...HEALTHY, ...facts })
}

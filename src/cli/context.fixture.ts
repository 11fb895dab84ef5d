/** For tests: a context that remembers what was written, and the parts of a host on which nothing runs. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configWarnings } from '../app/config-warnings.ts'
import type { ClientSettings, Parts } from './parts.ts'
import type { Context } from './types.ts'

export const NOW = Date.parse('2026-11-20T12:00:00Z')
/** Port 1 of this host: nobody listens there. */
export const SETTINGS: ClientSettings = {
  port: 1,
  bridgePort: null,
  credential: null,
  remote: null,
  apiKeysEnabled: true,
  wouldNotStart: null,
}

const NOTHING_RUNS: Parts = {
  version: () => '1.2.3',
  runGateway: async () => 0,
  stateDir: () => tmpdir(),
  ownerSocket: async () => join(tmpdir(), 'no-such-socket.sock'),
  settings: async () => ({ kind: 'settings', settings: SETTINGS }),
  gatewayInfo: async () => null,
  configWarnings: async (loaded) => configWarnings(loaded),
  record: async () => ({
    list: async () => [],
    async *follow() {},
    find: async () => null,
    verify: async () => ({ kind: 'intact', entries: 0, from: 0, to: 0 }),
  }),
  keyFile: async () => ({ kind: 'no', message: 'there is no key file here' }),
  serveNode: async () => ({ kind: 'stopped' }),
  replay: () => Promise.resolve({ kind: 'unreadable', message: 'nothing is recorded here' }),
  audit: () => Promise.resolve({ findings: [], suppressed: [], repaired: [], deep: null }),
  doctor: () => Promise.resolve({ findings: [], repaired: [], token: null }),
  recover: async () => ({ kind: 'refused', message: 'there is no state dir here' }),
}

export function testContext(parts: Partial<Parts> = {}, surroundings: Partial<Context> = {}) {
  const written = { out: '', err: '' }
  const context: Context = {
    stdout: (text) => void (written.out += text),
    stderr: (text) => void (written.err += text),
    env: {},
    isTty: false,
    columns: null,
    now: () => NOW,
    parts: { ...NOTHING_RUNS, ...parts },
    ...surroundings,
  }
  return { context, written }
}

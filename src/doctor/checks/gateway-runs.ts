/** Whether a gateway runs on this state dir, and how the last one ended. */
import type { Check } from '../types.ts'

export const gatewayRuns: Check = {
  id: 'gateway.not_running',
  severity: 'warning',
  title: 'No gateway runs here',
  why: 'One that was stopped is no fault and said for information. One that ended without a word (`kill -9`, out of memory, a power cut) left `gateway.json` behind; its lock is gone with it and blocks nothing (SPEC 1).',
  find({ gateway, stateDir }) {
    if (gateway.kind !== 'stopped') return []
    const fix = 'openclaw gateway'
    if (gateway.killed === null)
      return [{ severity: 'info', detail: `nobody holds ${stateDir}`, fix }]
    return [
      {
        detail: `the last one (pid ${gateway.killed.pid}) ended without saying so: it was killed, or the machine went down`,
        fix: 'openclaw logs gateway shows its last words; openclaw gateway starts it again',
        repairs: [{ kind: 'forget-gateway', stateDir }],
      },
    ]
  },
}

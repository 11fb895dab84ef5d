/** Whether what agents run has the whole account. */
import type { Check } from '../../types.ts'

export const execUnsandboxed: Check = {
  id: 'tools.exec_unsandboxed',
  severity: 'critical',
  title: 'Programs of agents run as you',
  why: 'A program outside the sandbox under the gateway’s own user is the owner: it reads every secret, and no approval holds it (SPEC 14.2).',
  find({ config: { tools } }) {
    if (tools.exec.sandbox !== 'off') return []
    const fix = 'openclaw config unset tools.exec.sandbox, or run the agents as a user of their own'
    return [{ detail: 'tools.exec.sandbox is "off"', fix }]
  },
}

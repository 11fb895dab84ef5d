/** Whether the gateway that runs took over what the configuration says now. */
import type { Check } from '../types.ts'

export const configInForce: Check = {
  id: 'config.not_in_force',
  severity: 'critical',
  title: 'The gateway runs by an older configuration',
  why: 'A change that cannot be taken over leaves everything as it was: whoever it was to keep out still comes in. The next start may fail, or make a token that nobody knows.',
  find({ gateway }) {
    if (gateway.kind !== 'running' || gateway.notInForce === null) return []
    const fix =
      'Put right what it names; it is taken over within a second, and openclaw status says so'
    return [{ detail: gateway.notInForce, fix }]
  },
}

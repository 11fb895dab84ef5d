/** Whether Tailscale shows the gateway to the whole internet. */
import type { Check } from '../../types.ts'

export const tailscaleFunnel: Check = {
  id: 'gateway.tailscale_funnel',
  severity: 'critical',
  title: 'Funnel shows the gateway to the internet',
  why: 'Whoever finds the name meets the password and nothing else (SPEC 2.6).',
  find({ config: { gateway } }) {
    if (gateway.tailscale.mode !== 'funnel') return []
    const detail = 'gateway.tailscale.mode is "funnel"'
    return [{ detail, fix: 'openclaw config set gateway.tailscale.mode serve' }]
  },
}

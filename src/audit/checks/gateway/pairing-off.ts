/** Whether a right secret alone lets in any device. */
import type { Check } from '../../types.ts'

export const pairingOff: Check = {
  id: 'gateway.pairing_off',
  severity: 'warning',
  title: 'Devices need no approval',
  why: 'Whoever learns the token then comes with a device that nobody has seen (S2, SPEC 4).',
  find({ config: { security } }) {
    if (security.pairingRequired) return []
    const fix = 'openclaw config unset security.pairingRequired'
    return [{ detail: 'security.pairingRequired is false', fix }]
  },
}

/** Whether new devices are approved by nobody. */
import type { Check } from '../../types.ts'

export const autoApprove: Check = {
  id: 'gateway.auto_approve',
  severity: 'warning',
  title: 'New devices are approved without anybody asking',
  why: 'Each keeps a token of its own, which outlives a rotation of the shared one (S2, SPEC 4).',
  find({ config: { security } }) {
    if (!security.autoApprove) return []
    const fix =
      'openclaw config unset security.autoApprove, then look through: openclaw devices list'
    return [{ detail: 'security.autoApprove is true', fix }]
  },
}

/** A page may point its own name at this gateway: the rules of a start warn of it. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const controlUiHostHeader: Check = {
  id: 'gateway.control_ui.host_header_fallback',
  severity: 'critical',
  title: 'A page may point its own name at this gateway',
  why: 'dangerouslyAllowHostHeaderOriginFallback takes any name for ours, which is what DNS rebinding needs (SPEC 2.8). A warning on plain loopback.',
  find: ({ rules, open }) =>
    fromProblems(rules.warnings, ['control_ui_host_fallback']).map((found) => ({
      ...found,
      severity: open ? 'critical' : 'warning',
    })),
}

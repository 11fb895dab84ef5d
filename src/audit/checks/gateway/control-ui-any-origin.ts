/** Every web page may talk to the gateway: the rules of a start warn of it. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const controlUiAnyOrigin: Check = {
  id: 'gateway.control_ui.any_origin',
  severity: 'critical',
  title: 'Every web page may talk to the gateway',
  why: '"*" in allowedOrigins lets any page that your browser opens use what that browser holds (S4, SPEC 2.8). A warning on plain loopback.',
  find: ({ rules, open }) =>
    fromProblems(rules.warnings, ['control_ui_any_origin']).map((found) => ({
      ...found,
      severity: open ? 'critical' : 'warning',
    })),
}

/** Whether a page that others reach says by which names. */
import type { Check } from '../../types.ts'

export const controlUiNoOrigins: Check = {
  id: 'gateway.control_ui.no_allowed_origins',
  severity: 'warning',
  title: 'The Control UI is reachable and has no list of origins',
  why: 'It then opens under loopback and private addresses alone (S4, SPEC 2.8): whoever wants it under a name is tempted to open it to all.',
  find({ config, reached }) {
    const { enabled, allowedOrigins } = config.gateway.controlUi
    if (!reached || !enabled || allowedOrigins.length > 0) return []
    const detail = `gateway.bind is "${config.gateway.bind}", and gateway.controlUi.allowedOrigins is empty`
    const fix =
      'openclaw config set gateway.controlUi.allowedOrigins \'["https://claw.example.com"]\', or gateway.controlUi.enabled false'
    return [{ detail, fix }]
  },
}

/** Whether everybody on the tailnet may do everything. */
import type { Check } from '../../types.ts'

const ANYBODY = 'nobody-in-particular@example.com'

export const tailnetUsersAreAdmins: Check = {
  id: 'gateway.tailnet_users_are_admins',
  severity: 'warning',
  title: 'Every user of the tailnet is an administrator',
  why: 'Whoever tailscaled confirms comes in, and until gateway.auth.identityScopes is set holds the full set of an operator (SPEC 2.6, 3). Asked of the decision code with a user who is nobody.',
  find({ config, decide }) {
    const decided = decide({
      peer: '127.0.0.1',
      tailnetLogin: ANYBODY,
      headers: [
        'Host: claw.example.ts.net',
        `Tailscale-User-Login: ${ANYBODY}`,
        'X-Forwarded-For: 100.64.0.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: claw.example.ts.net',
      ],
    })
    if (decided.kind === 'refused' || !decided.scopes.includes('operator.admin')) return []
    const detail = `gateway.auth.tailscale is "${config.gateway.auth.tailscale}", and ${decided.principal} would hold ${decided.scopes.join(', ')}`
    const fix =
      'openclaw config set gateway.auth.identityScopes \'{"you@example.com": ["operator.admin"]}\': all others then hold read and write'
    return [{ detail, fix }]
  },
}

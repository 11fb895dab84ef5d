/** `/whoami`: as whom the gateway let the sender in, and what that allows. */
import type { Command } from './command.ts'

export const whoami: Command = {
  name: 'whoami',
  argument: '',
  summary: 'as whom the gateway let you in, and what you may do',
  requires: 'operator.read',
  run(_argument, { caller: { principal, method }, sessionKey }) {
    const named = principal.displayName === principal.id ? '' : ` (${principal.displayName})`
    return [
      `You are ${principal.id}${named}.`,
      '',
      `kind: ${principal.kind}`,
      `id: ${principal.id}`,
      `role: ${principal.role}`,
      `method: ${method}`,
      `scopes: ${principal.scopes.length === 0 ? 'none' : principal.scopes.join(' ')}`,
      `session: ${sessionKey}`,
    ].join('\n')
  },
}

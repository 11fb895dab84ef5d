/** `/status`: how this gateway and this conversation are doing. */
import type { Command } from './command.ts'

export const status: Command = {
  name: 'status',
  argument: '',
  summary: 'how this gateway and this conversation are doing',
  requires: 'operator.read',
  run(_argument, turn, ports) {
    const facts = new Map([
      ...ports.status(),
      ['agent', `${turn.agentId} (built in, no model configured)`],
      ['session', turn.sessionKey],
    ])
    return [...facts].map(([name, value]) => `${name}: ${value}`).join('\n')
  },
}

/** Whether another program has the gateway's port. */
import type { Check, ListenerFact } from '../types.ts'

export const gatewayPort: Check = {
  id: 'gateway.port_taken',
  severity: 'critical',
  title: 'Another program has the gateway’s port',
  why: 'The gateway cannot start then; and what is sent to that port goes to that program. Who it is is read from the kernel’s tables; the processes of other users are shown to root alone.',
  find: ({ port, gateway }) =>
    gateway.kind === 'remote'
      ? []
      : port.takenBy.map((listener) => ({
          // A gateway that runs has a port of its own already, by --port.
          ...(gateway.kind === 'running' && { severity: 'warning' as const }),
          detail: `${at(listener, port.number)} belongs to ${who(listener)}`,
          fix: `Stop that program, or take another port: openclaw config set gateway.port ${another(port.number)}`,
        })),
}

/** As good as any: a start says when it is taken, too. */
function another(port: number): number {
  return port < 65_535 ? port + 1 : 18_789
}

function at({ address }: ListenerFact, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function who({ pid, program, uid }: ListenerFact): string {
  if (pid === null) return `a program of uid ${uid} (as root, this says which)`
  return `${program ?? 'a program'} (pid ${pid}, uid ${uid})`
}

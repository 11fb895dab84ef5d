/** Where the process listens, and where it should. */
import { isLoopback } from '../../core/address.ts'
import type { Found } from '../types.ts'
import type { ExpectedSocket, ListeningSocket, Probe } from './types.ts'

export const ports: Probe = {
  id: 'deep.ports',
  severity: 'critical',
  title: 'The gateway listens elsewhere than the configuration says',
  why: 'What the checks say of strangers holds for the addresses of the configuration: its port, that for nodes and the one behind Tailscale Serve (SPEC 1, 2.6). Asked of the kernel. A warning where it is loopback alone, or an address is missing.',
  judge: ({ audit, sockets, expected }) => {
    // Without the configuration nobody knows where it should.
    if (sockets === null || audit.unread.length > 0) return []
    const { more, missing } = compare(expected, sockets)
    return [...more.map(unexpected), ...missing.filter(({ optional }) => !optional).map(absent)]
  },
  notTried: ({ audit, sockets }) => {
    if (audit.unread.length > 0) return 'the ports (the configuration cannot be read)'
    return sockets === null ? 'the ports (the kernel does not say here where it listens)' : null
  },
}

/** Each socket is there for one place: those whose port is known first. */
function compare(expected: readonly ExpectedSocket[], sockets: readonly ListeningSocket[]) {
  const more = [...sockets]
  const missing = expected
    .toSorted((a, b) => Number(a.port === null) - Number(b.port === null))
    .filter(({ address, port }) => {
      const at = more.findIndex((one) => one.address === address && one.port === (port ?? one.port))
      if (at >= 0) more.splice(at, 1)
      return at < 0
    })
  return { more, missing }
}

function unexpected({ address, port }: ListeningSocket): Found {
  return {
    severity: isLoopback(address) ? 'warning' : 'critical',
    detail: `It listens on ${written(address, port)}, which the configuration does not say`,
    fix: RESTART,
  }
}

function absent({ listener, address, port }: ExpectedSocket): Found {
  return {
    severity: 'warning',
    detail: `It does not listen on ${written(address, port)}, where the configuration says (${listener})`,
    fix: RESTART,
  }
}

const RESTART =
  'A flag of its start, or its environment, wins over the file: look at both, then openclaw gateway restart'

function written(address: string, port: number | null): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? 'any port'}`
}

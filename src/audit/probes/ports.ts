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
    const more = sockets.filter((socket) => !expected.some((one) => isThat(one, socket)))
    const missing = expected.filter(
      (one) => !one.optional && !sockets.some((socket) => isThat(one, socket)),
    )
    return [...more.map(unexpected), ...missing.map(absent)]
  },
  notTried: ({ audit, sockets }) => {
    if (audit.unread.length > 0) return 'the ports (the configuration cannot be read)'
    return sockets === null ? 'the ports (the kernel does not say here where it listens)' : null
  },
}

function isThat(expected: ExpectedSocket, { address, port }: ListeningSocket): boolean {
  return expected.address === address && (expected.port ?? port) === port
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

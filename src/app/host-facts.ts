/** What the gateway has to ask this machine: socket owners, interfaces, Tailscale. */
import { systemClock } from '../core/clock.ts'
import { hostInterfaces } from '../host/interfaces.ts'
import { readSocketTables, readUnmappedUid, socketOwners } from '../host/socket-owner.ts'
import { tailscaleCommand } from '../host/tailscale-command.ts'
import { TAILSCALED_SOCKET, tailscaledUids } from '../host/tailscale-local-api.ts'
import { ownTailnet, STATUS_COMMAND, type OwnTailnet } from '../host/tailscale-status.ts'
import { rememberedWhois, tailscaleLookup, WHOIS_COMMAND } from '../host/tailscale-whois.ts'
import type { Config } from '../config/schema.ts'
import type { FactSources } from '../server/gateway.ts'
import type { HostFacts } from './access-policy.ts'

export interface HostParts {
  readonly facts: FactSources
  readonly host: HostFacts
  /** This node's Tailscale addresses; empty where Tailscale plays no part. */
  readonly tailnetAddresses: readonly string[]
  /** Why the tailnet cannot be asked although the configuration counts on it; `null` when all is well. */
  readonly tailnetProblem: string | null
}

export async function askHost(config: Config, path: string): Promise<HostParts> {
  const { gateway } = config
  const counts =
    gateway.bind === 'tailnet' ||
    gateway.tailscale.mode !== 'off' ||
    gateway.auth.tailscale !== 'disabled'
  const own = counts ? await ownTailnet(tailscaleCommand({ path, ...STATUS_COMMAND })) : null
  const interfaces = hostInterfaces({ clock: systemClock })
  const owners = socketOwners({ readTables: readSocketTables, unmappedUid: readUnmappedUid() })
  const lookup = tailscaleLookup({
    command: tailscaleCommand({ path, ...WHOIS_COMMAND }),
    socketPath: TAILSCALED_SOCKET,
  })
  const whois = rememberedWhois({ lookup, clock: systemClock })
  return {
    facts: {
      peerOwner: ({ local, remote }) =>
        owners.ownerOf({
          localAddress: local.address,
          localPort: local.port,
          peerAddress: remote.address,
          peerPort: remote.port,
        }),
      tailnet: (address) => whois.whois(address),
    },
    host: {
      ownUid: process.getuid?.() ?? -1,
      tailscaledUids: tailscaledUids(),
      socketOwners: process.platform === 'linux',
      tailnetNames: own?.kind === 'up' ? own.names : [],
      isOwnInterface: (address) => interfaces.isOwnInterface(address),
    },
    tailnetAddresses: own?.kind === 'up' ? own.addresses : [],
    tailnetProblem: problemOf(own),
  }
}

function problemOf(own: OwnTailnet | null): string | null {
  return own?.kind === 'unavailable' ? own.detail : null
}

/** Opens every socket of a start, in order: the ports of `gateway.bind`, the owner's, the one behind Tailscale. */
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import type { Config } from '../config/schema.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import type { ListeningAddress } from '../operations/status.ts'
import type { HostParts } from './host-facts.ts'
import type { Joined } from './join.ts'
import { listenAt, listenForOwner, placesFor, portsOf } from './listeners.ts'
import type { StartOptions } from './start.ts'
import { StartProblem } from './start-problem.ts'
import type { State } from './state.ts'
import { openTailscale, type TailscaleListener } from './tailscale-listener.ts'

export interface SocketParts {
  readonly start: Pick<StartOptions, 'stateDir' | 'io'>
  readonly gateway: Config['gateway']
  readonly host: Pick<HostParts, 'tailnetAddresses'>
  readonly state: Pick<State, 'log'>
  readonly makeServer: Joined['makeServer']
}

/** Filled while they open, so that whoever gives up half-way can close them. */
export interface Opened {
  readonly servers: Server[]
  readonly at: ListeningAddress[]
}

export interface Sockets {
  readonly ownerSocket: string
  readonly tailscale: TailscaleListener
}

/** Throws {@link StartProblem} for a place that cannot be opened. */
export async function openSockets(parts: SocketParts, opened: Opened): Promise<Sockets> {
  await openPorts(parts, opened)
  const owner = await openOwners(parts, opened)
  const tailscale = await openTailscale(tailscaleParts(parts), opened.servers)
  opened.at.push(...owner.at, ...tailscale.at)
  return { ownerSocket: owner.path, tailscale }
}

async function openPorts(
  { gateway, host, makeServer }: SocketParts,
  { servers, at }: Opened,
): Promise<void> {
  const places = placesFor(gateway, host.tailnetAddresses)
  for (const wanted of portsOf(gateway)) {
    const listening = await listenAt({ ...wanted, places, makeServer }, servers)
    if (listening.kind === 'refused') throw new StartProblem(listening.message)
    at.push(...listening.at)
  }
}

async function openOwners(
  { start, makeServer }: SocketParts,
  { servers }: Opened,
): Promise<{ readonly path: string; readonly at: readonly ListeningAddress[] }> {
  const { stateDir, io } = start
  const uid = process.getuid?.() ?? 0
  const socket = ownerSocketPath({ stateDir, env: io.env, uid, temporary: tmpdir() })
  if (socket.kind === 'none') throw new StartProblem(socket.message)
  const server = makeServer('owner')
  const listening = await listenForOwner(server, socket.path)
  if (listening.kind === 'refused') throw new StartProblem(listening.message)
  servers.push(server)
  return { path: socket.path, at: listening.at }
}

function tailscaleParts({ start, gateway, state, makeServer }: SocketParts) {
  return {
    mode: gateway.tailscale.mode,
    stateDir: start.stateDir,
    path: start.io.env['PATH'] ?? '',
    makeServer,
    warn: (message: string) => state.log.warn(message),
  }
}

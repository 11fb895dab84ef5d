/** What is known of one TCP connection (or one caller on the owner's socket) for as long as it lives. */
import type { Socket } from 'node:net'
import { canonicalAddress, isLoopback } from '../core/address.ts'
import type { Credential, Listener, Peer, PeerOwner } from '../access/types.ts'

export interface Connection {
  readonly listener: Listener
  readonly remote: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  readonly loopback: boolean
  /** The kernel's answer, kept once it was asked for (SPEC 2.3: one look a connection). */
  owner: Promise<PeerOwner> | null
  knownOwner: PeerOwner | null
  /** What the last Authorization header presented: a client sends the same one with every request, and hashing it is the dearest step. */
  presented: {
    readonly header: string
    readonly passwordLive: boolean
    readonly credentials: readonly Credential[]
  } | null
}

const CONNECTION = Symbol('connection')
type Marked = Socket & { [CONNECTION]?: Connection }

/** Called once when the connection is accepted. */
export function openConnection(socket: Socket, listener: Listener): Connection {
  const address =
    listener === 'owner' ? 'local' : (canonicalAddress(socket.remoteAddress ?? '') ?? 'unknown')
  const connection: Connection = {
    listener,
    remote: { address, port: socket.remotePort ?? 0 },
    // Asked of the kernel when somebody wants it: whose socket it is matters for a few connections alone.
    get local() {
      return {
        address: canonicalAddress(socket.localAddress ?? '') ?? '',
        port: socket.localPort ?? 0,
      }
    },
    loopback: listener !== 'owner' && address !== 'unknown' && isLoopback(address),
    owner: null,
    knownOwner: null,
    presented: null,
  }
  const marked: Marked = socket
  marked[CONNECTION] = connection
  return connection
}

/** Throws for a socket that no listener of ours accepted: a bug, never a caller's doing. */
export function connectionOf(socket: Socket): Connection {
  const marked: Marked = socket
  const connection = marked[CONNECTION]
  if (connection === undefined)
    throw new Error('a request came in over a socket that no listener opened')
  return connection
}

/** Ports that any machine may reach, and reverse proxies with it: the gateway's own, and the nodes'. */
export function isPort(listener: Listener): boolean {
  return listener === 'tcp' || listener === 'bridge'
}

/** The peer under the network policy in force. */
export function peerOf(
  { listener, remote, loopback }: Connection,
  network: { isTrusted(address: string): boolean; isOwnInterface(address: string): boolean },
): Peer {
  const trusted = isPort(listener) && network.isTrusted(remote.address)
  return {
    address: remote.address,
    port: remote.port,
    loopback,
    trusted,
    ownInterface: trusted && !loopback && network.isOwnInterface(remote.address),
  }
}

/** Where the gateway listens: the addresses of `gateway.bind`, and the owner's socket. */
import { unreachable } from '../core/never.ts'
import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Listener } from '../access/types.ts'
import type { Config } from '../config/schema.ts'
import type { ListeningAddress } from '../operations/status.ts'

export type Listening =
  | { readonly kind: 'listening'; readonly at: readonly ListeningAddress[] }
  | { readonly kind: 'refused'; readonly message: string }

interface Place {
  readonly address: string
  /** A host without IPv6, or without that interface, is served on the others. */
  readonly optional: boolean
}

/** `tailnet`: this node's Tailscale addresses. */
export function placesFor(
  { bind, customBindHost }: Pick<Config['gateway'], 'bind' | 'customBindHost'>,
  tailnet: readonly string[],
): readonly Place[] {
  // Both loopbacks: on a name like localhost a stranger who held the other one would be handed the token.
  const loopback = [
    { address: '127.0.0.1', optional: false },
    { address: '::1', optional: true },
  ]
  switch (bind) {
    case 'loopback':
      return loopback
    case 'lan':
      return [
        { address: '0.0.0.0', optional: false },
        { address: '::', optional: true },
      ]
    case 'tailnet':
      return [...loopback, ...tailnet.map((address) => ({ address, optional: false }))]
    case 'custom':
      return [{ address: customBindHost ?? '127.0.0.1', optional: false }]
    default:
      return unreachable(bind)
  }
}

/** The gateway's own port first, then the nodes'. */
export function portsOf({
  port,
  bridgePort,
}: Pick<Config['gateway'], 'port' | 'bridgePort'>): readonly Pick<Opening, 'listener' | 'port'>[] {
  const own = { listener: 'tcp', port } as const
  return bridgePort === undefined ? [own] : [own, { listener: 'bridge', port: bridgePort }]
}

export interface Opening {
  readonly listener: Listener
  readonly places: readonly Place[]
  /** 0: a free one. */
  readonly port: number
  readonly makeServer: (listener: Listener) => Server
}

/** Opens one server at each place on the same port; all or none. What it opens is added to `servers`. */
export async function listenAt(
  { listener, places, port, makeServer }: Opening,
  servers: Server[],
): Promise<Listening> {
  const at: ListeningAddress[] = []
  for (const { address, optional } of places) {
    const server = makeServer(listener)
    const wanted = at[0]?.port ?? port
    const outcome = await listenOnce(server, {
      host: address,
      port: wanted,
      ipv6Only: address === '::',
    })
    if (outcome === null) {
      servers.push(server)
      const bound = server.address() as AddressInfo
      at.push({ listener, address, port: bound.port })
      continue
    }
    if (optional && UNAVAILABLE.has(outcome.code ?? '')) continue
    return { kind: 'refused', message: explain(outcome, { listener, address, port: wanted }) }
  }
  return { kind: 'listening', at }
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

interface Wanted {
  readonly listener: Listener
  readonly address: string
  readonly port: number
}

function explain(error: NodeJS.ErrnoException, { listener, address, port }: Wanted): string {
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`
  switch (error.code ?? 'unknown') {
    case 'EADDRINUSE':
      return `${where} is in use by another program. Stop it (\`ss -ltnp 'sport = :${port}'\` shows it), or choose another port: ${another(listener, port + 1)}`
    case 'EACCES':
      return `${where} may not be opened by this user: ports below 1024 are root's. Choose another: ${another(listener, 18_789)}`
    case 'EADDRNOTAVAIL':
      return `${address} is no address of this host: change gateway.bind or gateway.customBindHost`
    default:
      return `cannot listen on ${where}: ${error.message}`
  }
}

function another(listener: Listener, port: number): string {
  return listener === 'bridge'
    ? `openclaw config set gateway.bridgePort ${port}`
    : `openclaw gateway --port ${port}`
}

/** The socket is there for its owner alone from the moment it exists. */
export async function listenForOwner(server: Server, path: string): Promise<Listening> {
  rmSync(path, { force: true })
  const before = process.umask(0o177)
  const listening = listenOnce(server, { path })
  process.umask(before)
  const error = await listening
  if (error !== null)
    return { kind: 'refused', message: `cannot open the owner's socket ${path}: ${error.message}` }
  chmodSync(path, 0o600)
  return { kind: 'listening', at: [{ listener: 'owner', address: path, port: null }] }
}

/** `null` when it listens. */
function listenOnce(
  server: Server,
  where: { host?: string; port?: number; path?: string; ipv6Only?: boolean },
): Promise<NodeJS.ErrnoException | null> {
  return new Promise((done) => {
    server.once('error', done)
    server.listen(where, () => {
      server.off('error', done)
      done(null)
    })
  })
}

/** Where other machines reach this gateway: what a setup code tells a phone. */
import { networkInterfaces } from 'node:os'
import { isLoopback, isPrivate, isUnspecified } from '../core/address.ts'
import type { Config } from '../config/schema.ts'
import type { ReachableAddress } from '../operations/device-pair-setup-code.ts'
import type { ListeningAddress } from '../operations/status.ts'

export interface Reach {
  readonly config: () => Config
  readonly at: readonly ListeningAddress[]
  /** This node's *.ts.net names. */
  readonly tailnetNames: readonly string[]
}

/** Best first: encrypted before plain, then this host's own addresses; a link-local one helps nobody. */
export function reachableAddresses({
  config,
  at,
  tailnetNames,
}: Reach): readonly ReachableAddress[] {
  const { tailscale } = config().gateway
  const served =
    tailscale.mode === 'off'
      ? []
      : tailnetNames.map((name) => ({ url: `wss://${name}`, source: 'gateway.tailscale.mode' }))
  const open = at.flatMap(({ listener, address, port }) =>
    listener === 'tcp' && port !== null ? hosts(address).map((host) => ({ host, port })) : [],
  )
  const plain = open.map(({ host, port }) => ({
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}`,
    source: 'gateway.bind',
  }))
  return [...served, ...plain]
}

function hosts(address: string): readonly string[] {
  if (isLoopback(address)) return []
  if (!isUnspecified(address)) return [address]
  const family = address === '::' ? 'IPv6' : 'IPv4'
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  const found = all.filter(
    (one) => one.family === family && !one.internal && !linkLocal(one.address),
  )
  // Private addresses first: a phone on the same network is the usual case.
  return found
    .map((one) => one.address)
    .toSorted((a, b) => Number(isPrivate(b)) - Number(isPrivate(a)))
}

function linkLocal(address: string): boolean {
  return address.startsWith('fe80:') || address.startsWith('169.254.')
}

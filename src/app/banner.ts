/** What the owner reads at a start: where it listens, and the one link that lets a browser in. */
import { networkInterfaces } from 'node:os'
import type { ListeningAddress } from '../operations/status.ts'

export interface Banner {
  readonly version: string
  readonly at: readonly ListeningAddress[]
  readonly bind: string
  readonly mode: string
  readonly warnings: readonly string[]
  /** `null` under a service manager, whose journal would keep the link. */
  readonly link: string | null
}

export function banner({ version, at, bind, mode, warnings, link }: Banner): string {
  const tcp = at.filter(({ listener }) => listener === 'tcp')
  const [first] = tcp
  const url = first === undefined ? 'no address' : baseUrl(first)
  const others = [...new Set(tcp.flatMap(reachableAt))].filter((other) => other !== url)
  const bridge = at.filter(({ listener }) => listener === 'bridge').flatMap(reachableAt)
  const page =
    link === null
      ? 'Log in: `openclaw dashboard` prints a link that works once'
      : `Open the page: ${link}\n  (works once, for 10 minutes; \`openclaw dashboard\` prints a new one)`
  return [
    `OpenClaw Gateway ${version} listens on ${[url, ...others].join(' and ')} (${bind}, mode ${mode})`,
    ...(bridge.length === 0
      ? []
      : [`Nodes, and nodes alone, connect to ${[...new Set(bridge)].join(' and ')}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
    page,
    '',
  ].join('\n')
}

/** Every address that one listener answers at: a wildcard stands for all of this host's. */
function reachableAt({ listener, address, port }: ListeningAddress): readonly string[] {
  if (address !== '0.0.0.0' && address !== '::') return [baseUrl({ listener, address, port })]
  const family = address === '::' ? 'IPv6' : 'IPv4'
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  const shown = all.filter((entry) => entry.family === family && !entry.address.startsWith('fe80:'))
  return shown.map((entry) => baseUrl({ listener, address: entry.address, port }))
}

/** An address that a browser can open: any address of this host is also loopback. */
export function baseUrl({ address, port }: ListeningAddress): string {
  const host =
    address === '0.0.0.0' || address === '::'
      ? '127.0.0.1'
      : address.includes(':')
        ? `[${address}]`
        : address
  return `http://${host}:${port}`
}

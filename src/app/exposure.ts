/** How far the gateway can be reached from. */
import type { Config } from '../config/schema.ts'

/** Reachable by more than this host's own users: weak keys are refused then. */
export function isOpen({ gateway }: Config): boolean {
  return (
    gateway.bind !== 'loopback' ||
    gateway.trustedProxies.length > 0 ||
    gateway.tailscale.mode !== 'off'
  )
}

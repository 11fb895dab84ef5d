/** How far the gateway can be reached from. */
import type { Problem } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'

/** Reachable by more than this host's own users: weak keys are refused then. */
export function isOpen({ gateway }: Config): boolean {
  return (
    gateway.bind !== 'loopback' ||
    gateway.trustedProxies.length > 0 ||
    gateway.tailscale.mode !== 'off'
  )
}

/** What the owner of an open gateway should know of its page (SPEC 2.8). */
export function pageWarnings(config: Config): readonly Problem[] {
  const { enabled, allowedOrigins } = config.gateway.controlUi
  if (!isOpen(config) || !enabled || allowedOrigins.length > 0) return []
  return [
    {
      code: 'control_ui_no_origins',
      key: 'gateway.controlUi.allowedOrigins',
      where: null,
      message: 'the list is empty: the page opens under loopback and private addresses alone',
      fix: 'List the origin by which you want to open it, for example https://claw.example.com',
    },
  ]
}

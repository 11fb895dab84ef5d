/** What holds where the file is silent: the mode, and whether callers on this host need a credential (SPEC 2.2, 2.3). */
import { hasToken } from './mode-rules.ts'
import type { Config } from './schema.ts'
import type { AuthMode } from './section-auth.ts'

export interface Derived<Value> {
  readonly value: Value
  /** `gateway.trustedProxies is not empty`; `null` where the configuration names the value itself. */
  readonly because: string | null
}

/** Unset: `password` if only a password exists, else `token`. */
export function modeInForce(config: Config): Derived<AuthMode> {
  const { mode, password } = config.gateway.auth
  if (mode !== undefined) return { value: mode, because: null }
  if (hasToken(config)) return { value: 'token', because: 'a token is configured' }
  return password === undefined
    ? { value: 'token', because: 'neither a token nor a password is configured' }
    : { value: 'password', because: 'a password is configured and no token is' }
}

/** Once something on this host is known to act for others, being local is no proof of being the owner. */
export function localDirectInForce(config: Config): Derived<boolean> {
  const { auth, trustedProxies, tailscale } = config.gateway
  if (auth.allowLocalDirect !== undefined) return { value: auth.allowLocalDirect, because: null }
  const acting = [
    ...(trustedProxies.length > 0 ? ['gateway.trustedProxies is not empty'] : []),
    ...(tailscale.mode === 'off' ? [] : [`gateway.tailscale.mode is "${tailscale.mode}"`]),
    ...(modeInForce(config).value === 'trusted-proxy' ? ['the mode is trusted-proxy'] : []),
    ...(config.tools.exec.sandbox === 'off' ? ['tools.exec.sandbox is "off"'] : []),
  ]
  return acting.length > 0
    ? { value: false, because: acting.join(', and ') }
    : { value: true, because: 'nothing on this host is known to act for others' }
}

/** What each mode needs before the gateway may start with it (SPEC 2.2). */
import { unreachable } from '../core/never.ts'
import { startProblem, type Problem } from './problem.ts'
import type { Config } from './schema.ts'
import { MAKE_TOKEN } from './secret-rules.ts'
import type { AuthMode } from './section-auth.ts'

export function hasToken({ gateway: { auth } }: Config): boolean {
  return auth.token !== undefined || auth.tokenSecondary !== undefined
}

export function modeProblems(
  config: Config,
  mode: AuthMode,
  allowLocalDirect: boolean,
): readonly Problem[] {
  switch (mode) {
    case 'token':
      return tokenProblems(config)
    case 'password':
      return passwordProblems(config)
    case 'trusted-proxy':
      return trustedProxyProblems(config)
    case 'none':
      return noneProblems(config, allowLocalDirect)
    default:
      return unreachable(mode)
  }
}

function tokenProblems({ gateway }: Config): readonly Problem[] {
  const { auth, bind } = gateway
  if (auth.token !== undefined) return []
  if (auth.tokenSecondary !== undefined) {
    return [
      startProblem('no_token', 'gateway.auth.token', {
        message: 'there is a secondary token and no token',
        fix: MAKE_TOKEN,
      }),
    ]
  }
  if (bind === 'loopback') return []
  return [
    startProblem('no_token', 'gateway.auth.token', {
      message: `no token is configured, and gateway.bind is "${bind}"`,
      fix: MAKE_TOKEN,
    }),
  ]
}

function passwordProblems({ gateway: { auth } }: Config): readonly Problem[] {
  if (auth.password !== undefined) return []
  const fix = 'openclaw config set gateway.auth.password "…", or set OPENCLAW_GATEWAY_PASSWORD'
  return [
    startProblem('no_password', 'gateway.auth.password', {
      message: 'the mode is password, and no password is configured',
      fix,
    }),
  ]
}

function trustedProxyProblems(config: Config): readonly Problem[] {
  const { trustedProxies, auth } = config.gateway
  const mixed = startProblem('mixed_trusted_proxy_token', 'gateway.auth.token', {
    message:
      'mixed_trusted_proxy_token: a token is configured, in the file or as OPENCLAW_GATEWAY_TOKEN, and the mode is trusted-proxy',
    fix: 'Remove the token, or set gateway.auth.mode to "token"',
  })
  const noProxies = startProblem('trusted_proxy_no_proxies', 'gateway.trustedProxies', {
    message: 'the mode is trusted-proxy, and no proxy is trusted',
    fix: 'List the address of your proxy in gateway.trustedProxies',
  })
  const noHeader = startProblem(
    'trusted_proxy_no_user_header',
    'gateway.auth.trustedProxy.userHeader',
    {
      message: 'the mode is trusted-proxy, and no header names the user',
      fix: 'Set it to the header in which your proxy writes the user, for example x-forwarded-user',
    },
  )
  return [
    ...(hasToken(config) ? [mixed] : []),
    ...(trustedProxies.length === 0 ? [noProxies] : []),
    ...(auth.trustedProxy.userHeader === undefined ? [noHeader] : []),
  ]
}

function noneProblems({ gateway, tools }: Config, allowLocalDirect: boolean): readonly Problem[] {
  const faults = [
    ...(gateway.bind === 'loopback' ? [] : [`gateway.bind is "${gateway.bind}"`]),
    ...(gateway.trustedProxies.length === 0 ? [] : ['gateway.trustedProxies is not empty']),
    ...(gateway.tailscale.mode === 'off'
      ? []
      : [`gateway.tailscale.mode is "${gateway.tailscale.mode}"`]),
    ...(allowLocalDirect ? [] : [localReason(gateway.auth.allowLocalDirect, tools.exec.sandbox)]),
  ]
  return faults.map((fault) =>
    startProblem('none_exposed', 'gateway.auth.mode', {
      message: `mode none lets every local caller in without a secret, and ${fault}`,
      fix: 'Set gateway.auth.mode to "token", or keep the gateway to this host alone',
    }),
  )
}

function localReason(given: boolean | undefined, sandbox: string): string {
  if (given === false) return 'gateway.auth.allowLocalDirect is false'
  return sandbox === 'off'
    ? 'tools.exec.sandbox is "off"'
    : 'local callers are not admitted (gateway.auth.allowLocalDirect)'
}

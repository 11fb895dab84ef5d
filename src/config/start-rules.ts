/** Whether the gateway may start with this configuration, and how it then lets people in (SPEC 2.2, 2.3). */
import { unreachable } from '../core/never.ts'
import type { Secret } from '../core/secret.ts'
import type { Problem, StartCode } from './problem.ts'
import type { Config } from './schema.ts'
import type { AuthMode } from './section-auth.ts'
import { sharedValues, type ClassedSecret } from './trust-classes.ts'
import { weakness } from './weak-secrets.ts'

export interface StartRules {
  readonly mode: AuthMode
  readonly allowLocalDirect: boolean
  /** The gateway does not start while there is one. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  /** Make a token and write it to the file before anybody is let in. */
  readonly generateToken: boolean
}

/** `others`: secrets that are not in the configuration, such as API keys, so that no two classes share a value. */
export function startRules(config: Config, others: readonly ClassedSecret[] = []): StartRules {
  const mode = effectiveMode(config)
  const allowLocalDirect = config.gateway.auth.allowLocalDirect ?? !actsForOthers(config, mode)
  const secrets = liveSecrets(config, mode)
  const weak = secrets.flatMap((live) => weakSecret(live))
  const plain = plainLoopback(config)
  return {
    mode,
    allowLocalDirect,
    problems: [
      ...undecidedMode(config),
      ...modeProblems(config, mode, allowLocalDirect),
      ...listenProblems(config, mode),
      ...secrets.flatMap((live) => unmatchable(live)),
      ...(plain ? [] : weak),
      ...sharedValues(config, others),
    ],
    warnings: plain ? weak : [],
    generateToken: mode === 'token' && config.gateway.bind === 'loopback' && !hasToken(config),
  }
}

type Auth = Config['gateway']['auth']

function hasToken({ gateway: { auth } }: Config): boolean {
  return auth.token !== undefined || auth.tokenSecondary !== undefined
}

/** Unset: `password` if only a password exists, else `token`. */
function effectiveMode(config: Config): AuthMode {
  const { mode, password } = config.gateway.auth
  return mode ?? (password !== undefined && !hasToken(config) ? 'password' : 'token')
}

/** Something on this host is known to act for others: being local is then no proof of being the owner (SPEC 2.3). */
function actsForOthers({ gateway, tools }: Config, mode: AuthMode): boolean {
  const forwarded = gateway.trustedProxies.length > 0 || gateway.tailscale.mode !== 'off'
  return forwarded || mode === 'trusted-proxy' || tools.exec.sandbox === 'off'
}

function plainLoopback({ gateway }: Config): boolean {
  return gateway.bind === 'loopback' && gateway.trustedProxies.length === 0 && gateway.tailscale.mode === 'off'
}

interface LiveSecret {
  readonly key: string
  readonly kind: 'token' | 'password'
  readonly secret: Secret
}

/** The secrets that the mode compares; others are configured and dead. */
function liveSecrets({ gateway: { auth } }: Config, mode: AuthMode): readonly LiveSecret[] {
  const token = named('token', auth, ['token', 'tokenSecondary'])
  if (mode === 'none') return []
  return mode === 'token' ? token : named('password', auth, ['password'])
}

function named(kind: 'token' | 'password', auth: Auth, keys: readonly ('token' | 'tokenSecondary' | 'password')[]): readonly LiveSecret[] {
  return keys.flatMap((key) => {
    const secret = auth[key]
    return secret === undefined ? [] : [{ key: `gateway.auth.${key}`, kind, secret }]
  })
}

function undecidedMode(config: Config): readonly Problem[] {
  const { mode, password } = config.gateway.auth
  if (mode !== undefined || password === undefined || !hasToken(config)) return []
  return [problem('mode_needed', 'gateway.auth.mode', {
    message: 'a token and a password are configured, and gateway.auth.mode does not say which counts',
    fix: 'Set gateway.auth.mode to "token" or "password", or remove one of the two',
  })]
}

function modeProblems(config: Config, mode: AuthMode, allowLocalDirect: boolean): readonly Problem[] {
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

const MAKE_TOKEN = 'openclaw config set gateway.auth.token "$(openssl rand -hex 32)", or set OPENCLAW_GATEWAY_TOKEN'

function tokenProblems({ gateway }: Config): readonly Problem[] {
  const { auth, bind } = gateway
  if (auth.token !== undefined) return []
  if (auth.tokenSecondary !== undefined) {
    return [problem('no_token', 'gateway.auth.token', { message: 'there is a secondary token and no token', fix: MAKE_TOKEN })]
  }
  if (bind === 'loopback') return []
  return [problem('no_token', 'gateway.auth.token', { message: `no token is configured, and gateway.bind is "${bind}"`, fix: MAKE_TOKEN })]
}

function passwordProblems({ gateway: { auth } }: Config): readonly Problem[] {
  if (auth.password !== undefined) return []
  const fix = 'openclaw config set gateway.auth.password "…", or set OPENCLAW_GATEWAY_PASSWORD'
  return [problem('no_password', 'gateway.auth.password', { message: 'the mode is password, and no password is configured', fix })]
}

function trustedProxyProblems(config: Config): readonly Problem[] {
  const { trustedProxies, auth } = config.gateway
  const mixed = problem('mixed_trusted_proxy_token', 'gateway.auth.token', {
    message: 'mixed_trusted_proxy_token: a token is configured, in the file or as OPENCLAW_GATEWAY_TOKEN, and the mode is trusted-proxy',
    fix: 'Remove the token, or set gateway.auth.mode to "token"',
  })
  const noProxies = problem('trusted_proxy_no_proxies', 'gateway.trustedProxies', {
    message: 'the mode is trusted-proxy, and no proxy is trusted',
    fix: 'List the address of your proxy in gateway.trustedProxies',
  })
  const noHeader = problem('trusted_proxy_no_user_header', 'gateway.auth.trustedProxy.userHeader', {
    message: 'the mode is trusted-proxy, and no header names the user',
    fix: 'Set it to the header in which your proxy writes the user, for example x-forwarded-user',
  })
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
    ...(gateway.tailscale.mode === 'off' ? [] : [`gateway.tailscale.mode is "${gateway.tailscale.mode}"`]),
    ...(allowLocalDirect ? [] : [localReason(gateway.auth.allowLocalDirect, tools.exec.sandbox)]),
  ]
  return faults.map((fault) => problem('none_exposed', 'gateway.auth.mode', {
    message: `mode none lets every local caller in without a secret, and ${fault}`,
    fix: 'Set gateway.auth.mode to "token", or keep the gateway to this host alone',
  }))
}

function localReason(given: boolean | undefined, sandbox: string): string {
  if (given === false) return 'gateway.auth.allowLocalDirect is false'
  return sandbox === 'off' ? 'tools.exec.sandbox is "off"' : 'local callers are not admitted (gateway.auth.allowLocalDirect)'
}

function listenProblems({ gateway }: Config, mode: AuthMode): readonly Problem[] {
  const remote = problem('remote_mode', 'gateway.mode', {
    message: 'this configuration talks to a gateway on another machine',
    fix: 'Set gateway.mode to "local" to run one here',
  })
  const host = problem('custom_bind_no_host', 'gateway.customBindHost', {
    message: 'gateway.bind is "custom", and no address is given',
    fix: 'Set gateway.customBindHost to the address to listen on',
  })
  const funnel = problem('funnel_needs_password', 'gateway.tailscale.mode', {
    message: `Funnel is open to the internet, and the mode is ${mode}`,
    fix: 'Set gateway.auth.mode to "password" with a password, or gateway.tailscale.mode to "serve"',
  })
  return [
    ...(gateway.mode === 'remote' ? [remote] : []),
    ...(gateway.bind === 'custom' && gateway.customBindHost === undefined ? [host] : []),
    ...(gateway.tailscale.mode === 'funnel' && mode !== 'password' ? [funnel] : []),
  ]
}

function weakSecret({ key, kind, secret }: LiveSecret): readonly Problem[] {
  const why = weakness(secret, kind)
  if (why === null) return []
  const fix = kind === 'token' ? MAKE_TOKEN : 'Choose a longer one, for example: openssl rand -base64 18'
  return [problem(kind === 'token' ? 'weak_token' : 'weak_password', key, { message: `this ${kind} ${why}`, fix })]
}

/** Prefixes that decide a credential's class: what begins with one is never compared with a shared secret. */
const CLASS_PREFIXES = [['sk-', 'an API key'], ['ocd_', 'a device token']] as const

function unmatchable({ key, kind, secret }: LiveSecret): readonly Problem[] {
  const prefix = CLASS_PREFIXES.find(([start]) => secret.startsWith(start))
  const fix = kind === 'token' ? MAKE_TOKEN : 'Choose another password'
  if (prefix !== undefined) {
    const message = `this ${kind} can never match: what begins with ${prefix[0]} is read as ${prefix[1]}`
    return [problem('unmatchable_secret', key, { message, fix })]
  }
  // eslint-disable-next-line no-control-regex
  if (!/^\s|\s$|[\u0000-\u001f\u007f]/.test(secret.reveal())) return []
  return [problem('unmatchable_secret', key, { message: `this ${kind} can never match: it begins or ends with a space, or holds a line break`, fix })]
}

function problem(code: StartCode, key: string, { message, fix }: Pick<Problem, 'message' | 'fix'>): Problem {
  return { code, key, where: null, message, fix }
}

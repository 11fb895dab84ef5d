/** Whether the gateway may start with this configuration, and how it then lets people in (SPEC 2.2, 2.3). */
import { localDirectInForce, modeInForce } from './derived.ts'
import { exposures } from './exposures.ts'
import { hasToken, modeProblems } from './mode-rules.ts'
import { startProblem, type Problem } from './problem.ts'
import type { Config } from './schema.ts'
import { liveSecrets, unmatchable, weakSecret } from './secret-rules.ts'
import type { AuthMode } from './section-auth.ts'
import { sharedValues, type ClassedSecret } from './trust-classes.ts'
import { unsupported, withoutEffect } from './unsupported.ts'

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
  const mode = modeInForce(config).value
  const allowLocalDirect = localDirectInForce(config).value
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
      ...unsupported(config),
    ],
    warnings: [...(plain ? weak : []), ...exposures(config, mode), ...withoutEffect(config)],
    generateToken: mode === 'token' && config.gateway.bind === 'loopback' && !hasToken(config),
  }
}

function plainLoopback({ gateway }: Config): boolean {
  return (
    gateway.bind === 'loopback' &&
    gateway.trustedProxies.length === 0 &&
    gateway.tailscale.mode === 'off'
  )
}

function undecidedMode(config: Config): readonly Problem[] {
  const { mode, password } = config.gateway.auth
  if (mode !== undefined || password === undefined || !hasToken(config)) return []
  return [
    startProblem('mode_needed', 'gateway.auth.mode', {
      message:
        'a token and a password are configured, and gateway.auth.mode does not say which counts',
      fix: 'Set gateway.auth.mode to "token" or "password", or remove one of the two',
    }),
  ]
}

function listenProblems({ gateway }: Config, mode: AuthMode): readonly Problem[] {
  const remote = startProblem('remote_mode', 'gateway.mode', {
    message: 'this configuration talks to a gateway on another machine',
    fix: 'Set gateway.mode to "local" to run one here',
  })
  const host = startProblem('custom_bind_no_host', 'gateway.customBindHost', {
    message: 'gateway.bind is "custom", and no address is given',
    fix: 'Set gateway.customBindHost to the address to listen on',
  })
  const bridge = startProblem('bridge_port_taken', 'gateway.bridgePort', {
    message: `${gateway.port} is gateway.port, and the listener for nodes needs a port of its own`,
    fix: 'Set gateway.bridgePort to another port, for example 18790, or unset it',
  })
  const funnel = startProblem('funnel_needs_password', 'gateway.tailscale.mode', {
    message: `Funnel is open to the internet, and the mode is ${mode}`,
    fix: 'Set gateway.auth.mode to "password" with a password, or gateway.tailscale.mode to "serve"',
  })
  return [
    ...(gateway.mode === 'remote' ? [remote] : []),
    ...(gateway.bind === 'custom' && gateway.customBindHost === undefined ? [host] : []),
    ...(gateway.port !== 0 && gateway.bridgePort === gateway.port ? [bridge] : []),
    ...(gateway.tailscale.mode === 'funnel' && mode !== 'password' ? [funnel] : []),
  ]
}

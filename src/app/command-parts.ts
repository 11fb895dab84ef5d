/** Joins the command line to the rest of the program. Everything is imported when a command asks for it, and no sooner. */
import { homedir, tmpdir } from 'node:os'
import type { ClientSettings, GatewayInfo, Parts, SettingsRead } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import type { Config } from '../config/schema.ts'
import { stateDirOf } from '../config/locate.ts'
import type { Secret } from '../core/secret.ts'
import { VERSION } from '../version.ts'

type Env = Io['env']

export function commandParts(): Parts {
  // A command that waits asks again and again; the configuration does not change for it.
  const read = new Map<Env, Promise<SettingsRead>>()
  return {
    version: () => VERSION,
    stateDir,
    gatewayInfo,
    ownerSocket,
    settings(env) {
      const known = read.get(env) ?? readSettings(env)
      read.set(env, known)
      return known
    },
    configWarnings: async (loaded) => (await import('./config-warnings.ts')).configWarnings(loaded),
    runGateway: async (options, io) => (await import('../app.ts')).runGateway(options, io),
    record: async (env) => (await import('./command-record.ts')).recordFilesOf(stateDir(env)),
    keyFile: async (env) => (await import('./command-keys.ts')).keyFileOf(env),
    serveNode: async (options, env, tell) =>
      (await import('./command-node.ts')).serveAsNode(
        options,
        { stateDir: stateDir(env), env },
        tell,
      ),
    audit: async (options, io) => (await import('./command-audit.ts')).auditState(options, io),
    doctor: async (options, io) => (await import('./command-doctor.ts')).doctorState(options, io),
    replay: async (options, io, tell) =>
      (await import('./command-replay.ts')).replayRecord(options, io, tell),
    recover: async (options, io, tell) =>
      (await import('./command-recover.ts')).recoverState(options, io, tell),
  }
}

function stateDir(env: Env): string {
  return stateDirOf(env, homeOf(env))
}

function homeOf(env: Env): string {
  return env['HOME'] || homedir()
}

async function ownerSocket(env: Env): Promise<string | null> {
  const { ownerSocketPath } = await import('../host/owner-socket-path.ts')
  const uid = process.getuid?.() ?? 0
  const found = ownerSocketPath({ stateDir: stateDir(env), env, uid, temporary: tmpdir() })
  return found.kind === 'at' ? found.path : null
}

async function gatewayInfo(env: Env): Promise<GatewayInfo | null> {
  const { readGatewayInfo } = await import('../host/gateway-lock.ts')
  const state = readGatewayInfo(stateDir(env))
  return state.kind === 'running' ? { pid: state.info?.pid ?? null } : null
}

async function readSettings(env: Env): Promise<SettingsRead> {
  const [{ load }, { startRules }, { configHost }, { problemText }, { readGatewayInfo }] =
    await Promise.all([
      import('../config/load.ts'),
      import('../config/start-rules.ts'),
      import('../host/config-host.ts'),
      import('../config/problem.ts'),
      import('../host/gateway-lock.ts'),
    ])
  const loaded = await load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
  if (loaded.kind === 'refused') {
    return { kind: 'broken', message: loaded.problems.map(problemText).join('; ') }
  }
  // A gateway that was started with --port, or with port 0, says where it is.
  const running = readGatewayInfo(loaded.location.stateDir)
  const port = running.kind === 'running' ? running.info?.port : undefined
  // A secret that only the gateway's own environment has is none that is missing.
  const partial = loaded.warnings.some(
    ({ code }) => code === 'missing_variable' || code === 'unresolved_secret',
  )
  const unread = loaded.warnings.filter(
    ({ code }) => code === 'secrets_unopened' || code === 'login_unreadable',
  )
  const ruled = partial || unread.length > 0 ? [] : startRules(loaded.config).problems
  const problems = [...unread, ...ruled]
  const wouldNotStart = problems.length === 0 ? null : problems.map(problemText).join('; ')
  return { kind: 'settings', settings: { ...settingsOf(loaded.config, port), wouldNotStart } }
}

function settingsOf(
  { gateway, security }: Config,
  port: number | undefined,
): Omit<ClientSettings, 'wouldNotStart'> {
  const { url, token, password } = gateway.remote
  const remote =
    gateway.mode === 'remote' && url !== undefined
      ? { url, credential: token ?? password ?? null }
      : null
  const { enabled } = security.apiKeys
  return {
    port: port ?? gateway.port,
    bridgePort: gateway.bridgePort || null,
    credential: liveSecret(gateway.auth),
    remote,
    apiKeysEnabled: enabled,
  }
}

/** Of several secrets the one that the mode accepts (SPEC 2.2). */
function liveSecret({ mode, token, password }: Config['gateway']['auth']): Secret | null {
  if (mode === 'token') return token ?? null
  if (mode === 'password' || mode === 'trusted-proxy') return password ?? null
  return mode === 'none' ? null : (token ?? password ?? null)
}

/** What to type next, so that the gateway starts: for each problem that one command can end. */
import type { Problem, ProblemCode } from './problem.ts'

const MAKE_PASSWORD = 'openclaw config set gateway.auth.password "$(openssl rand -hex 32)"'
const MAKE_TOKEN = 'openclaw config set gateway.auth.token "$(openssl rand -hex 32)"'

/** None widens who is let in. */
const COMMANDS: Partial<Readonly<Record<ProblemCode, string>>> = {
  mode_needed: 'openclaw config set gateway.auth.mode token',
  none_exposed: 'openclaw config set gateway.auth.mode token',
  no_token: MAKE_TOKEN,
  weak_token: MAKE_TOKEN,
  no_password: MAKE_PASSWORD,
  weak_password: MAKE_PASSWORD,
  mixed_trusted_proxy_token: 'openclaw config unset gateway.auth.token',
  trusted_proxy_no_proxies: 'openclaw config set gateway.trustedProxies \'["ADDRESS"]\'',
  trusted_proxy_no_user_header:
    'openclaw config set gateway.auth.trustedProxy.userHeader x-forwarded-user',
  funnel_needs_password: 'openclaw config set gateway.auth.mode password',
  custom_bind_no_host: 'openclaw config set gateway.customBindHost ADDRESS',
  bridge_port_taken: 'openclaw config unset gateway.bridgePort',
  remote_mode: 'openclaw config set gateway.mode local',
}

/** Each once; nothing for what only its owner can decide. */
export function nextCommands(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.flatMap(({ code, key }) => commandFor(code, key) ?? []))]
}

function commandFor(code: ProblemCode, key: string | null): string | undefined {
  const command = COMMANDS[code]
  const weak = code === 'weak_token' || code === 'weak_password'
  // Of a second token, or another machine's secret, somebody else has the other half.
  return weak && key !== null && !command?.includes(` ${key} `) ? undefined : command
}

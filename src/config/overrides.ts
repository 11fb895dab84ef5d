/** Flags and environment variables that win over the file: flag > environment > config > default. */
import { Secret } from '../core/secret.ts'
import type { Environment, Variable } from './environment.ts'
import { keyText, withValue, type KeyPath } from './key-path.ts'

/** What was typed after `openclaw gateway`. */
export interface Flags {
  readonly config?: string | undefined
  readonly port?: number | undefined
  readonly bind?: string | undefined
  readonly auth?: string | undefined
  readonly token?: Secret | undefined
  readonly password?: Secret | undefined
  readonly tailscale?: string | undefined
}

interface Override {
  readonly path: KeyPath
  readonly flag?: Exclude<keyof Flags, 'config'>
  readonly variable?: string
}

export const OVERRIDES: readonly Override[] = [
  { path: ['gateway', 'port'], flag: 'port', variable: 'OPENCLAW_GATEWAY_PORT' },
  { path: ['gateway', 'bind'], flag: 'bind', variable: 'OPENCLAW_GATEWAY_BIND' },
  { path: ['gateway', 'auth', 'mode'], flag: 'auth' },
  { path: ['gateway', 'auth', 'token'], flag: 'token', variable: 'OPENCLAW_GATEWAY_TOKEN' },
  {
    path: ['gateway', 'auth', 'password'],
    flag: 'password',
    variable: 'OPENCLAW_GATEWAY_PASSWORD',
  },
  { path: ['gateway', 'tailscale', 'mode'], flag: 'tailscale' },
  { path: ['gateway', 'bridgePort'], variable: 'OPENCLAW_BRIDGE_PORT' },
  { path: ['agents', 'defaults', 'workspace'], variable: 'OPENCLAW_WORKSPACE_DIR' },
  { path: ['telemetry', 'otlp', 'endpoint'], variable: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  { path: ['models', 'providers', 'anthropic', 'apiKey'], variable: 'ANTHROPIC_API_KEY' },
  { path: ['models', 'providers', 'openai', 'apiKey'], variable: 'OPENAI_API_KEY' },
  { path: ['models', 'providers', 'claude-ai', 'apiKey'], variable: 'CLAUDE_AI_SESSION_KEY' },
]

/** The variable that sets this key by itself; `null` where only a reference does. */
export function variableFor(path: KeyPath): string | null {
  const key = keyText(path)
  return OVERRIDES.find((one) => keyText(one.path) === key)?.variable ?? null
}

/** One source that names a value for a key, besides the file. */
export interface OutsideOffer {
  readonly from: 'flag' | Variable['from']
  readonly source: string
  readonly value: string
}

export interface Overlaid {
  readonly tree: unknown
  /** From a key to what was offered for it from outside the file, the winner first. */
  readonly offers: ReadonlyMap<string, readonly OutsideOffer[]>
}

/** `typed` turns text into the number or flag that the key takes. */
export function overlay(
  tree: unknown,
  given: { readonly flags: Flags; readonly environment: Environment },
  typed: (path: KeyPath, text: string) => unknown,
): Overlaid {
  const offers = new Map<string, readonly OutsideOffer[]>()
  const result = OVERRIDES.reduce((at, override) => {
    const found = offersFor(override, given)
    const [winner] = found
    if (winner === undefined) return at
    offers.set(keyText(override.path), found)
    return withValue(at, override.path, typed(override.path, winner.value)) ?? at
  }, tree)
  return { tree: result, offers }
}

function offersFor(
  { flag, variable }: Override,
  { flags, environment }: { readonly flags: Flags; readonly environment: Environment },
): readonly OutsideOffer[] {
  const typed = flag === undefined ? undefined : flags[flag]
  const value = typed instanceof Secret ? typed.reveal() : String(typed)
  const fromFlag =
    typed === undefined ? [] : [{ from: 'flag' as const, source: `--${flag}`, value }]
  if (variable === undefined) return fromFlag
  return [
    ...fromFlag,
    ...fromVariable(environment.find(variable)),
    ...environment.overruled(variable).flatMap(fromVariable),
  ]
}

/** An empty variable is how Docker Compose passes one that is not set: it offers nothing. */
function fromVariable(variable: Variable | null): readonly OutsideOffer[] {
  if (variable === null || variable.value.trim() === '') return []
  return [{ from: variable.from, source: variable.source, value: variable.value }]
}

/** Ports that operations declare, joined to the parts that are running. Thin on purpose: a line or two each. */
import type { Config } from '../config/schema.ts'
import type { Loaded } from '../config/load.ts'
import { inForce, withoutSecrets } from '../config/view.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import type { Secret } from '../core/secret.ts'
import type { ConfigView } from '../operations/config-get.ts'
import type { ProbeSettings } from '../operations/proxy-probe.ts'
import type { SecretOrigin } from '../operations/status.ts'
import type { TokenSlot } from '../operations/token-rotation.ts'

/** What the gateway lives by now; replaced whole by a reload. */
export interface Current {
  readonly loaded: Loaded
  readonly mode: 'token' | 'password' | 'trusted-proxy' | 'none'
  readonly allowLocalDirect: boolean
  readonly warnings: readonly string[]
}

export function marker(secret: Secret, fingerprints: Fingerprints): string {
  return `[redacted ${fingerprints.own(secret)}]`
}

export function configView(
  { loaded }: Current,
  problem: string | null,
  fingerprints: Fingerprints,
): ConfigView {
  const shown = withoutSecrets(inForce(loaded.config), (secret) => marker(secret, fingerprints))
  return {
    path: loaded.location.file,
    exists: loaded.text !== null,
    parsed: shown,
    config: shown,
    valid: problem === null,
    issues: problem === null ? [] : [{ path: '', message: problem }],
    warnings: loaded.warnings.map(({ key, message }) => ({ path: key ?? '', message })),
  }
}

const SHARED = [
  ['token', 'gateway.auth.token'],
  ['tokenSecondary', 'gateway.auth.tokenSecondary'],
  ['password', 'gateway.auth.password'],
] as const

/** The shared secrets with the source that won, as `status` shows them. */
export function secretOrigins(
  { loaded }: Current,
  fingerprints: Fingerprints,
): readonly SecretOrigin[] {
  const { auth } = loaded.config.gateway
  return SHARED.flatMap(([name, setting]) => {
    const secret = auth[name]
    if (secret === undefined) return []
    const [winner] = loaded.offers(setting.split('.'))
    return [{ setting, source: winner?.source ?? 'default', fingerprint: fingerprints.own(secret) }]
  })
}

/** A token slot with where its value comes from; `null` when it is empty or the mode has no tokens. */
export function tokenSlot(
  current: Current,
  name: 'token' | 'tokenSecondary',
  fingerprints: Fingerprints,
): TokenSlot | null {
  const { loaded } = current
  const secret: Config['gateway']['auth']['token'] = loaded.config.gateway.auth[name]
  if (current.mode !== 'token' || secret === undefined) return null
  const [winner] = loaded.offers(['gateway', 'auth', name])
  // `${VAR}` in the file is the environment's to change, not ours.
  const ours =
    winner?.from === 'config' &&
    winner.value === secret.reveal() &&
    !winner.source.includes('(from')
  const source = ours
    ? { kind: 'config' as const, file: loaded.location.file }
    : { kind: 'elsewhere' as const, name: winner?.source ?? 'somewhere else' }
  return { fingerprint: fingerprints.own(secret), source }
}

/** Which headers mean something here: what a probe of the proxy looks for. */
export function probeSettings({ loaded, mode }: Current): ProbeSettings {
  const { trustedProxy, tailscale } = loaded.config.gateway.auth
  return {
    mode,
    userHeader: trustedProxy.userHeader ?? null,
    requiredHeaders: trustedProxy.requiredHeaders,
    assertionHeader: trustedProxy.jwt?.header ?? null,
    tailscale: tailscale !== 'disabled',
  }
}

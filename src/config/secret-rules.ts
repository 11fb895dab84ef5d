/** What may be wrong with a shared secret: it can be guessed, or it can never match (SPEC 2.2). */
import type { Secret } from '../core/secret.ts'
import { startProblem, type Problem } from './problem.ts'
import type { Config } from './schema.ts'
import type { AuthMode } from './section-auth.ts'
import { weakness } from './weak-secrets.ts'

type Auth = Config['gateway']['auth']

export const MAKE_TOKEN =
  'openclaw config set gateway.auth.token "$(openssl rand -hex 32)", or set OPENCLAW_GATEWAY_TOKEN'

export interface LiveSecret {
  readonly key: string
  readonly kind: 'token' | 'password'
  readonly secret: Secret
}

/** The secrets that the mode compares; others are configured and dead. */
export function liveSecrets({ gateway: { auth } }: Config, mode: AuthMode): readonly LiveSecret[] {
  const token = named('token', auth, ['token', 'tokenSecondary'])
  if (mode === 'none') return []
  return mode === 'token' ? token : named('password', auth, ['password'])
}

function named(
  kind: 'token' | 'password',
  auth: Auth,
  keys: readonly ('token' | 'tokenSecondary' | 'password')[],
): readonly LiveSecret[] {
  return keys.flatMap((key) => {
    const secret = auth[key]
    return secret === undefined ? [] : [{ key: `gateway.auth.${key}`, kind, secret }]
  })
}

export function weakSecret({ key, kind, secret }: LiveSecret): readonly Problem[] {
  const why = weakness(secret, kind)
  if (why === null) return []
  const fix =
    kind === 'token' ? MAKE_TOKEN : 'Choose a longer one, for example: openssl rand -base64 18'
  return [
    startProblem(kind === 'token' ? 'weak_token' : 'weak_password', key, {
      message: `this ${kind} ${why}`,
      fix,
    }),
  ]
}

/** Prefixes that decide a credential's class: what begins with one is never compared with a shared secret. */
const CLASS_PREFIXES = [
  ['sk-', 'an API key'],
  ['ocd_', 'a device token'],
] as const

export function unmatchable({ key, kind, secret }: LiveSecret): readonly Problem[] {
  const prefix = CLASS_PREFIXES.find(([start]) => secret.startsWith(start))
  const fix = kind === 'token' ? MAKE_TOKEN : 'Choose another password'
  if (prefix !== undefined) {
    const message = `this ${kind} can never match: what begins with ${prefix[0]} is read as ${prefix[1]}`
    return [startProblem('unmatchable_secret', key, { message, fix })]
  }
  // eslint-disable-next-line no-control-regex
  if (!/^\s|\s$|[\u0000-\u001f\u007f]/.test(secret.reveal())) return []
  return [
    startProblem('unmatchable_secret', key, {
      message: `this ${kind} can never match: it begins or ends with a space, or holds a line break`,
      fix,
    }),
  ]
}

/** Keys of model providers that `openclaw login` keeps below `credentials/` of the state dir (S1): what counts where nothing else names one. */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { jsonOf } from '../core/json.ts'
import { Secret } from '../core/secret.ts'
import type { ConfigHost } from './host-port.ts'
import { valueAt, withValue, type KeyPath } from './key-path.ts'
import type { Problem } from './problem.ts'

export const LOGIN_PROVIDERS = ['anthropic', 'openai'] as const
export type LoginProvider = (typeof LOGIN_PROVIDERS)[number]

export interface Login {
  readonly provider: LoginProvider
  /** `models.providers.<provider>.apiKey`. */
  readonly path: KeyPath
  readonly file: string
  readonly key: Secret
}

const stored = z.object({ type: z.literal('api_key'), apiKey: z.string().trim().min(1) })

/** S1's names. */
export function loginFile(stateDir: string, provider: LoginProvider): string {
  return join(stateDir, 'credentials', `${provider}-oauth.json`)
}

export function loginFiles(stateDir: string): readonly string[] {
  return LOGIN_PROVIDERS.map((provider) => loginFile(stateDir, provider))
}

export function loginText(key: Secret, now: number): string {
  const kept = { type: 'api_key', apiKey: key.reveal(), createdAt: new Date(now).toISOString() }
  return `${JSON.stringify(kept, null, 2)}\n`
}

export interface Logins {
  readonly keys: readonly Login[]
  readonly problems: readonly Problem[]
}

export async function readLogins(
  stateDir: string,
  host: Pick<ConfigHost, 'read'>,
): Promise<Logins> {
  const read = await Promise.all(
    LOGIN_PROVIDERS.map((provider) => readLogin(loginFile(stateDir, provider), provider, host)),
  )
  return {
    keys: read.flatMap((one) => (one.kind === 'login' ? [one.login] : [])),
    problems: read.flatMap((one) => (one.kind === 'problem' ? [one.problem] : [])),
  }
}

export type LoginRead =
  | { readonly kind: 'login'; readonly login: Login }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly problem: Problem }

export async function readLogin(
  file: string,
  provider: LoginProvider,
  host: Pick<ConfigHost, 'read'>,
): Promise<LoginRead> {
  const read = await host.read(file)
  if (read.kind === 'absent') return read
  if (read.kind === 'refused') {
    const closed = read.why.includes('EACCES')
    return problem(
      file,
      read.why,
      closed ? `chmod 700 ${dirname(file)}; chmod 600 ${file}` : read.fix,
    )
  }
  const parsed = stored.safeParse(jsonOf(read.text))
  if (!parsed.success)
    return problem(
      file,
      'holds no key that `openclaw login` wrote',
      `Move it away, then: openclaw login ${provider}`,
    )
  const path = ['models', 'providers', provider, 'apiKey']
  return { kind: 'login', login: { provider, path, file, key: new Secret(parsed.data.apiKey) } }
}

/** The tree with a key where nothing ranks above it. */
export function withLogins(tree: unknown, logins: readonly Login[]): unknown {
  return logins.reduce((at, { path, key }) => {
    const named = valueAt(at, path)
    return named === undefined ? (withValue(at, path, key.reveal()) ?? at) : at
  }, tree)
}

function problem(file: string, message: string, fix: string): LoginRead {
  const where = { source: file, line: null }
  return { kind: 'problem', problem: { code: 'login_unreadable', key: null, where, message, fix } }
}

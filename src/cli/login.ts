/** What `login` and `logout` share: the provider they are about, and what its key comes from afterwards. */
import { configHost } from '../host/config-host.ts'
import type { LoginPlace } from '../config/login.ts'
import { LOGIN_PROVIDERS, type LoginProvider } from '../config/logins.ts'
import { load } from '../config/load.ts'
import type { Argument, Context } from './types.ts'

export const PROVIDER: Argument = {
  name: 'provider',
  description: LOGIN_PROVIDERS.join(' or '),
  required: true,
  choices: LOGIN_PROVIDERS,
}

export function providerNamed(name: string): LoginProvider | null {
  return LOGIN_PROVIDERS.find((provider) => provider === name) ?? null
}

export function loginPlace({ env, parts }: Pick<Context, 'env' | 'parts'>): LoginPlace {
  return { stateDir: parts.stateDir(env), host: configHost(env) }
}

export function settingOf(provider: LoginProvider): string {
  return `models.providers.${provider}.apiKey`
}

/** The source that names the provider's key now; `null`: none does, or the configuration cannot be read. */
export async function keySource(
  provider: LoginProvider,
  { env }: Pick<Context, 'env'>,
): Promise<string | null> {
  const loaded = await load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
  if (loaded.kind === 'refused') return null
  return loaded.offers(['models', 'providers', provider, 'apiKey'])[0]?.source ?? null
}

/** The gateway's secret, for the owner who recovered and asked for it. */
import type { RecoverEnd, RecoverOptions } from '../cli/parts.ts'
import { modeInForce } from '../config/derived.ts'
import { load } from '../config/load.ts'
import type { Place } from '../recover/types.ts'

type SecretAsked = Pick<Extract<RecoverEnd, { kind: 'admin' }>, 'secret' | 'credential'>

export async function secretAsked(
  { request }: Place,
  made: readonly string[],
  { reveal }: RecoverOptions,
): Promise<SecretAsked> {
  const loaded = await load(request)
  if (loaded.kind === 'refused') return { secret: null, credential: null }
  const { config } = loaded
  const wanted = made.includes('gateway.auth.password') || modeInForce(config).value === 'password'
  const credential = wanted ? 'password' : 'token'
  const secret = config.gateway.auth[credential]
  if (secret === undefined) return { secret: null, credential: null }
  return { secret: reveal ? secret : null, credential }
}

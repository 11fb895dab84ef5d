/** What the `secrets` commands share: where the secrets are, and how a refusal is said. */
import { configHost } from '../host/config-host.ts'
import { secretsPlace, type No, type SecretsPlace } from '../config/secrets-store.ts'
import { text } from './arguments.ts'
import { CONFIG_OPTION } from './channel-config.ts'
import { problem } from './output.ts'
import { EXIT, type Argument, type Arguments, type Context } from './types.ts'

export const SECRET_NAME: Argument = {
  name: 'name',
  description: 'as an environment variable is named: ANTHROPIC_API_KEY',
  required: true,
}
export const SECRETS_OPTIONS = [CONFIG_OPTION]

/** Runs `work` where the secrets are; whatever says no is printed, and ends in exit code 1. */
export async function withPlace(
  args: Arguments,
  context: Context,
  work: (place: SecretsPlace) => Promise<number | No>,
): Promise<number> {
  const request = {
    variables: context.env,
    flags: { config: text(args, 'config') },
    host: configHost(context.env),
  }
  const found = await secretsPlace(request)
  const end = found.kind === 'no' ? found : await work(found.place)
  if (typeof end === 'number') return end
  problem(context, end.message)
  return EXIT.no
}

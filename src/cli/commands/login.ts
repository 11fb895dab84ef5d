/** `openclaw login <provider>`: keeps the provider's key for agents; it is typed or piped, never an argument (SPEC 8, S1). */
import { keepLogin } from '../../config/login.ts'
import { Secret } from '../../core/secret.ts'
import { flag } from '../arguments.ts'
import { keySource, loginPlace, PROVIDER, providerNamed, settingOf } from '../login.ts'
import { json, line, problem } from '../output.ts'
import { typedSecret } from '../typed-secret.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const login: Command = {
  name: 'login',
  summary: 'Keep the key of a model provider.',
  arguments: [PROVIDER],
  options: [],
  examples: [
    { line: 'openclaw login anthropic', does: 'asks for the key, and does not show it' },
    { line: 'openclaw login openai < key.txt', does: 'reads it from a file' },
  ],
  run,
}

async function run({ positionals, options }: Arguments, context: Context): Promise<number> {
  const provider = providerNamed(positionals[0] ?? '')
  if (provider === null) {
    problem(context, `no such provider: ${PROVIDER.description}`)
    return EXIT.usage
  }
  const typed = await typedSecret(`API key of ${provider}`, context)
  if (typed === null) {
    problem(context, 'nothing was changed')
    return EXIT.no
  }
  const key = new Secret(typed.trim())
  const end = await keepLogin(loginPlace(context), { provider, key, now: context.now() })
  if (end.kind === 'no') {
    problem(context, end.message)
    return EXIT.no
  }
  const source = await keySource(provider, context)
  const setting = settingOf(provider)
  const counts = source === end.file
  if (flag({ positionals, options }, 'json'))
    json(context, { provider, file: end.file, setting, source })
  else {
    line(context, `the key of ${provider} is kept in ${end.file}`)
    if (counts) line(context, `it is ${setting}: \`openclaw config explain ${setting}\``)
  }
  if (!counts && source !== null)
    problem(context, `warning: ${source} names a key, too, and wins: the one kept now is not used`)
  return EXIT.done
}

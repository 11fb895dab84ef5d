/** `openclaw secrets set <NAME>`: encrypts a value into `.secrets.age`; it is typed or piped, never an argument. */
import { setSecret } from '../../config/secrets-change.ts'
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import { SECRET_NAME, SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { typedSecret } from '../typed-secret.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsSet: Command = {
  name: 'secrets set',
  summary: 'Encrypt a secret; its value is read from standard input or a hidden prompt.',
  arguments: [SECRET_NAME],
  options: SECRETS_OPTIONS,
  examples: [
    {
      line: 'openclaw secrets set ANTHROPIC_API_KEY',
      does: 'asks for the value, and does not show it',
    },
    {
      line: 'openssl rand -hex 32 | openclaw secrets set OPENCLAW_GATEWAY_TOKEN',
      does: 'a new token; a gateway that runs takes it over at once',
    },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const [name = ''] = args.positionals
      const value = await typedSecret(name, context)
      if (value === null) {
        problem(context, 'nothing was changed')
        return EXIT.no
      }
      const changed = await setSecret(place, name, value)
      if (changed.kind === 'no') return changed
      if (flag(args, 'json')) json(context, { name, file: place.paths.sealed })
      else line(context, `${name} is encrypted in ${place.paths.sealed}`)
      if (context.env[name] !== undefined)
        problem(context, `warning: the environment variable ${name} is set here, and wins over it`)
      return EXIT.done
    }),
}

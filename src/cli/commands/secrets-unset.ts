/** `openclaw secrets unset <NAME>`: takes a secret out of `.secrets.age`. */
import { unsetSecret } from '../../config/secrets-change.ts'
import { flag } from '../arguments.ts'
import { json, line } from '../output.ts'
import { SECRET_NAME, SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsUnset: Command = {
  name: 'secrets unset',
  summary: 'Remove a secret.',
  arguments: [SECRET_NAME],
  options: SECRETS_OPTIONS,
  examples: [
    {
      line: 'openclaw secrets unset OPENAI_API_KEY',
      does: 'a gateway that runs forgets it at once',
    },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const [name = ''] = args.positionals
      const changed = await unsetSecret(place, name)
      if (changed.kind === 'no') return changed
      if (flag(args, 'json')) json(context, { name, file: place.paths.sealed })
      else line(context, `${name} is removed from ${place.paths.sealed}`)
      return EXIT.done
    }),
}

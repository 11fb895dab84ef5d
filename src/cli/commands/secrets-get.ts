/** `openclaw secrets get <NAME>`: which secret it is, by its fingerprint, or with `--reveal` the secret itself. */
import { isNo } from '../../config/secrets-change.ts'
import { no, readSecrets, variablesOf } from '../../config/secrets-store.ts'
import { Secret } from '../../core/secret.ts'
import { flag } from '../arguments.ts'
import { json } from '../output.ts'
import { SECRET_NAME, SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { EXIT, type Command } from '../types.ts'
import { secretShower } from './config-reading.ts'

export const secretsGet: Command = {
  name: 'secrets get',
  summary: 'Show a secret’s fingerprint, or with --reveal the secret.',
  arguments: [SECRET_NAME],
  options: [{ flags: '--reveal', description: 'show the secret itself' }, ...SECRETS_OPTIONS],
  examples: [
    {
      line: 'openclaw secrets get ANTHROPIC_API_KEY',
      does: 'tells whether two hosts have the same one',
    },
    { line: 'openclaw secrets get ANTHROPIC_API_KEY --reveal', does: 'prints the key' },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const [name = ''] = args.positionals
      const kept = await readSecrets(place)
      if (kept.kind === 'no') return kept
      const sealed = variablesOf(place.paths.sealed, kept.sealed)
      const plain = variablesOf(place.paths.plain, kept.plain)
      if (isNo(sealed)) return sealed
      if (isNo(plain)) return plain
      const value = sealed.get(name) ?? plain.get(name)
      if (value === undefined) return no(`there is no secret ${name}: \`openclaw secrets list\``)
      const show = await secretShower(place, flag(args, 'reveal'))
      const shown = show(new Secret(value))
      if (flag(args, 'json')) json(context, { name, value: shown })
      else context.stdout(`${shown}\n`)
      return EXIT.done
    }),
}

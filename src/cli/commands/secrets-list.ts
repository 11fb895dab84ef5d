/** `openclaw secrets list`: names of the secrets, and whether each is encrypted; no values. */
import { isNo } from '../../config/secrets-change.ts'
import { readSecrets, variablesOf } from '../../config/secrets-store.ts'
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import { SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { table } from '../table.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsList: Command = {
  name: 'secrets list',
  summary: 'List the names of secrets.',
  arguments: [],
  options: SECRETS_OPTIONS,
  examples: [{ line: 'openclaw secrets list', does: 'shows names, and the file each is in' }],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const { sealed: sealedFile, plain: plainFile } = place.paths
      const kept = await readSecrets(place)
      if (kept.kind === 'no') return kept
      const sealed = variablesOf(sealedFile, kept.sealed)
      const plain = variablesOf(plainFile, kept.plain)
      if (isNo(sealed)) return sealed
      if (isNo(plain)) return plain
      const secrets = [
        ...[...sealed.keys()].map((name) => ({ name, encrypted: true, file: sealedFile })),
        ...[...plain.keys()].map((name) => ({ name, encrypted: false, file: plainFile })),
      ]
      if (flag(args, 'json')) json(context, { secrets })
      else if (secrets.length === 0) line(context, 'no secrets yet: `openclaw secrets set <NAME>`')
      else
        table(
          context,
          ['NAME', 'KEPT IN'],
          secrets.map(({ name, file }) => [name, file]),
        )
      if (plain.size > 0)
        problem(context, `warning: ${plainFile} is not encrypted: \`openclaw secrets encrypt\``)
      return EXIT.done
    }),
}

/** `openclaw secrets encrypt`: `.secrets` becomes `.secrets.age`; the plain file goes last (SPEC 8, S2). */
import { encryptSecrets } from '../../config/secrets-change.ts'
import { flag } from '../arguments.ts'
import { json, line } from '../output.ts'
import { SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsEncrypt: Command = {
  name: 'secrets encrypt',
  summary: 'Encrypt .secrets into .secrets.age, and remove the plain file.',
  arguments: [],
  options: [
    { flags: '--overwrite', description: 'where a name has two values, take that of .secrets' },
    ...SECRETS_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw secrets encrypt',
      does: 'removes .secrets once .secrets.age is on the disk and was opened again',
    },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const { sealed, plain } = place.paths
      const changed = await encryptSecrets(place, { overwrite: flag(args, 'overwrite') })
      if (changed.kind === 'no') return changed
      if (flag(args, 'json')) json(context, { file: sealed, removed: plain })
      else {
        line(context, `${sealed} written, ${plain} removed`)
        line(
          context,
          'What backups or version control hold of it is as readable as before: if any do, change the secrets',
        )
      }
      return EXIT.done
    }),
}

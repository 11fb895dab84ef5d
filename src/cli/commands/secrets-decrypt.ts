/** `openclaw secrets decrypt`: what `.secrets.age` holds, on standard output or, with `--write`, in `.secrets`. */
import { decryptSecrets, isNo, writePlain } from '../../config/secrets-change.ts'
import { variablesOf } from '../../config/secrets-store.ts'
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import { SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsDecrypt: Command = {
  name: 'secrets decrypt',
  summary: 'Print what .secrets.age holds, or write it to .secrets.',
  arguments: [],
  options: [
    { flags: '--write', description: 'write it to .secrets; .secrets.age stays' },
    ...SECRETS_OPTIONS,
  ],
  examples: [
    { line: 'openclaw secrets decrypt', does: 'prints every secret' },
    {
      line: 'openclaw secrets decrypt --write',
      does: 'for an editor; `openclaw secrets encrypt --overwrite` ends it',
    },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const { sealed, plain } = place.paths
      const opened = await decryptSecrets(place)
      if (opened.kind === 'no') return opened
      if (flag(args, 'write')) {
        const written = await writePlain(place, opened.text)
        if (written.kind === 'no') return written
        if (flag(args, 'json')) json(context, { file: plain })
        else line(context, `${plain} written`)
        problem(
          context,
          `warning: ${plain} is readable by whoever reads your files: delete it, or \`openclaw secrets encrypt\``,
        )
        return EXIT.done
      }
      problem(context, 'warning: these are the secrets themselves')
      if (!flag(args, 'json')) context.stdout(opened.text)
      else {
        const variables = variablesOf(sealed, opened.text)
        if (isNo(variables)) return variables
        json(context, Object.fromEntries(variables))
      }
      return EXIT.done
    }),
}

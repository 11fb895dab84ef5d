/** `openclaw secrets init`: the identity that opens the encrypted secrets of this gateway. */
import { initSecrets } from '../../config/secrets-init.ts'
import { flag } from '../arguments.ts'
import { json, line } from '../output.ts'
import { SECRETS_OPTIONS, withPlace } from '../secrets.ts'
import { EXIT, type Command } from '../types.ts'

export const secretsInit: Command = {
  name: 'secrets init',
  summary: 'Make the identity that opens this gateway’s encrypted secrets.',
  arguments: [],
  options: SECRETS_OPTIONS,
  examples: [
    { line: 'openclaw secrets init', does: 'writes it where secrets.identity says, once' },
  ],
  run: (args, context) =>
    withPlace(args, context, async (place) => {
      const made = await initSecrets(place, context.now())
      if (made.kind === 'no') return made
      const { identity } = place
      if (flag(args, 'json')) json(context, { identity, recipient: made.recipient })
      else {
        line(context, `identity  ${identity}`)
        line(context, `recipient ${made.recipient}`)
        line(
          context,
          'Keep a copy of the identity in a safe: without it nobody can read what is encrypted to it',
        )
      }
      return EXIT.done
    }),
}

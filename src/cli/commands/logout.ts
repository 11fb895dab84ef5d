/** `openclaw logout <provider>`: the key that `openclaw login` kept is gone from this machine. */
import { endLogin } from '../../config/login.ts'
import { flag } from '../arguments.ts'
import { keySource, loginPlace, PROVIDER, providerNamed } from '../login.ts'
import { json, line, problem } from '../output.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const logout: Command = {
  name: 'logout',
  summary: 'Remove the key of a model provider.',
  arguments: [PROVIDER],
  options: [],
  examples: [{ line: 'openclaw logout openai', does: 'agents can no longer use it' }],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const provider = providerNamed(args.positionals[0] ?? '')
  if (provider === null) {
    problem(context, `no such provider: ${PROVIDER.description}`)
    return EXIT.usage
  }
  const end = await endLogin(loginPlace(context), provider)
  if (end.kind === 'no') {
    problem(context, end.message)
    return EXIT.no
  }
  const removed = end.kind === 'done'
  if (flag(args, 'json')) json(context, { provider, file: end.file, removed })
  else if (removed)
    line(context, `${end.file} is removed; the provider’s own page ends the key itself`)
  else line(context, `no key of ${provider} is kept here`)
  const source = await keySource(provider, context)
  if (source !== null) problem(context, `warning: ${source} still names a key of ${provider}`)
  return EXIT.done
}

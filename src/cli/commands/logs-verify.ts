/** `openclaw logs verify`: whether anybody changed, deleted or cut the record (SPEC 10). */
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import { EXIT, type Command } from '../types.ts'

export const logsVerify: Command = {
  name: 'logs verify',
  summary: 'Check that the record is complete and unchanged.',
  arguments: [],
  options: [],
  examples: [
    {
      line: 'openclaw logs verify',
      does: 'exits 1 and names the place when a line was changed, deleted or cut',
    },
  ],
  async run(args, context) {
    context.stderr(context.isTty && !flag(args, 'json') ? 'checking the record …\n' : '')
    const files = await context.parts.record(context.env)
    const check = await files.verify()
    if (flag(args, 'json')) json(context, check)
    if (check.kind === 'intact') {
      if (!flag(args, 'json'))
        line(
          context,
          `the record is intact: ${check.entries} entries (${check.from} to ${check.to})`,
        )
      return EXIT.done
    }
    const place =
      check.file === ''
        ? 'the record'
        : `records/${check.file}${check.line === 0 ? '' : `:${check.line}`}`
    problem(
      context,
      `${place}: ${check.what}. Keep a copy of the folder before anything else, and find out who could write it`,
    )
    return EXIT.no
  },
}

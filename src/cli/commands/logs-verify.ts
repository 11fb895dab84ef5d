/** `openclaw logs verify`: whether anybody changed, deleted or cut the record (SPEC 10). */
import { join } from 'node:path'
import { counted } from '../../core/counted.ts'
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

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
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const asJson = flag(args, 'json')
  context.stderr(context.isTty && !asJson ? 'checking the record …\n' : '')
  const files = await context.parts.record(context.env)
  const check = await files.verify()
  if (check.kind === 'intact' && check.entries === 0) {
    const dir = join(context.parts.stateDir(context.env), 'records')
    problem(
      context,
      `there is no record in ${dir}: is this the gateway's state dir (OPENCLAW_STATE_DIR)?`,
    )
    return EXIT.no
  }
  if (asJson) json(context, check)
  if (check.kind === 'intact') {
    const { entries, from, to } = check
    if (!asJson)
      line(
        context,
        `the record is intact: ${counted(entries, 'entry', 'entries')} (${from} to ${to})`,
      )
    return EXIT.done
  }
  problem(
    context,
    `${placeOf(check)}: ${check.what}. Keep a copy of the folder before anything else, and find out who could write it`,
  )
  return EXIT.no
}

function placeOf({ file, line: at }: { readonly file: string; readonly line: number }): string {
  return file === '' ? 'the record' : `records/${file}${at === 0 ? '' : `:${at}`}`
}

/** `openclaw api-keys revoke <id>`: ends a key; whoever uses it is out before this returns (SPEC 2.7). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { changeKeys } from '../keys.ts'
import { json, line } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command } from '../types.ts'

const revokedShape = z.looseObject({ id: z.string() })

export const apiKeysRevoke: Command = {
  name: 'api-keys revoke',
  summary: 'End an API key at once.',
  arguments: [{ name: 'id', description: 'from `openclaw api-keys list`', required: true }],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw api-keys revoke deploy-bot',
      does: 'the key is no longer valid when this returns',
    },
  ],
  async run(args, context) {
    const [id = ''] = args.positionals
    const asked = { method: 'api-keys.revoke', params: { id }, shape: revokedShape } as const
    const result = await changeKeys<{ readonly id: string }>(
      { asked, offline: (file) => file.revoke(id) },
      args,
      context,
    )
    if (result.kind === 'exit') return result.code
    if (flag(args, 'json')) json(context, result.value)
    else line(context, `the key ${result.value.id} is no longer valid`)
    return EXIT.done
  },
}

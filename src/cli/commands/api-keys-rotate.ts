/** `openclaw api-keys rotate <id>`: a new key in place of one; the old one dies at once (SPEC 2.7). */
import { flag } from '../arguments.ts'
import { changeKeys, madeKeyShape } from '../keys.ts'
import type { MadeKey } from '../parts.ts'
import { showKeyOnce } from '../show-key.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command } from '../types.ts'

export const apiKeysRotate: Command = {
  name: 'api-keys rotate',
  summary: 'Make a new key in place of one, and show it once.',
  arguments: [{ name: 'id', description: 'from `openclaw api-keys list`', required: true }],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw api-keys rotate deploy-bot',
      does: 'prints the new key; the old one is no longer valid',
    },
  ],
  async run(args, context) {
    const [id = ''] = args.positionals
    const asked = { method: 'api-keys.rotate', params: { id }, shape: madeKeyShape } as const
    const result = await changeKeys<MadeKey>(
      { asked, offline: (file) => file.rotate(id) },
      args,
      context,
    )
    if (result.kind === 'exit') return result.code
    showKeyOnce(result.value, context, flag(args, 'json'))
    return EXIT.done
  },
}

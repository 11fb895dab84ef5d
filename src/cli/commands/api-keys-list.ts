/** `openclaw api-keys list`: which keys exist; never the keys themselves (SPEC 2.7). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { changeKeys, listedKeyShape } from '../keys.ts'
import { json, line, localTime } from '../output.ts'
import type { ListedKey } from '../parts.ts'
import { table } from '../table.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command, type Context } from '../types.ts'

const listShape = z.looseObject({ keys: z.array(listedKeyShape) })

export const apiKeysList: Command = {
  name: 'api-keys list',
  summary: 'Which API keys exist, what they may do, and until when.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw api-keys list',
      does: 'shows ids, names and permissions; a key itself is shown only when it is made',
    },
  ],
  async run(args, context) {
    const result = await changeKeys<{ readonly keys: readonly ListedKey[] }>(
      {
        asked: { method: 'api-keys.list', shape: listShape },
        async offline(file) {
          const listed = await file.list()
          return listed.kind === 'no' ? listed : { kind: 'done', value: { keys: listed.value } }
        },
      },
      args,
      context,
    )
    if (result.kind === 'exit') return result.code
    if (flag(args, 'json')) json(context, result.value)
    else print(result.value.keys, context)
    return EXIT.done
  },
}

function print(keys: readonly ListedKey[], context: Context): void {
  if (keys.length === 0) {
    line(context, 'there are no API keys; `openclaw api-keys create --name <NAME>` makes one')
    return
  }
  const rows = keys.map(({ id, name, permissions, state, expiresAt, rateLimit }) => [
    id,
    name,
    permissions.join(','),
    state,
    expiresAt === null ? 'never' : localTime(expiresAt),
    rateLimit === null ? 'unlimited' : String(rateLimit),
  ])
  table(context, ['id', 'name', 'permissions', 'state', 'ends', 'requests'], rows)
}

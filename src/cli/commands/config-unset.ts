/** `openclaw config unset PATH`: remove a key from the file, also one that does not exist in the schema. */
import { canonicalPath } from '../../config/aliases.ts'
import { parseKeyPath } from '../../config/key-path.ts'
import { EXIT, type Io } from '../types.ts'
import { applyChange, type ConfigUnsetArgs } from './config-set.ts'

export async function runConfigUnset(args: ConfigUnsetArgs, io: Io): Promise<number> {
  const path = parseKeyPath(args.path)
  if (path !== null) return applyChange({ kind: 'unset', path: canonicalPath(path) }, args, io)
  io.stderr(
    `"${args.path}" is no key. Keys look like gateway.auth.token, agents.list[0].id or a.b["name"]\n`,
  )
  return EXIT.no
}

/** `openclaw config unset PATH`: remove a key from the file, also one that does not exist in the schema. */
import { EXIT, type Context } from '../types.ts'
import { writtenPath } from './config-path.ts'
import type { ConfigOptions } from './config-reading.ts'
import { applyChange } from './config-set.ts'

export interface ConfigUnsetArgs extends ConfigOptions {
  readonly path: string
}

export async function runConfigUnset(args: ConfigUnsetArgs, io: Context): Promise<number> {
  const path = writtenPath(args.path, args, io)
  return path === null ? EXIT.no : applyChange({ kind: 'unset', path }, args, io)
}

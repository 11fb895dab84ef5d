/** Turns a parsed configuration into its final form: paths absolute, nothing changeable. */
import type * as z from 'zod'
import { Secret } from '../core/secret.ts'
import { isTree, type KeyPath } from './key-path.ts'
import { resolvedPath } from './locate.ts'
import { configSchema, type Config } from './schema.ts'
import { settingAt } from './schema-walk.ts'

interface Roots {
  readonly home: string
  readonly folder: string
}

export function settlePaths(value: z.output<typeof configSchema>, roots: Roots): Config {
  settle(value, [], roots)
  return value
}

/** In place: the value has just been made by the parser and nobody else holds it. */
function settle(value: unknown, path: KeyPath, roots: Roots): void {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return
  for (const [name, entry] of Object.entries(value)) {
    const at = [...path, name]
    if (typeof entry !== 'string') settle(entry, at, roots)
    else if (isTree(value) && settingAt(configSchema, at)?.kind === 'path')
      Reflect.set(value, name, resolvedPath(entry, roots))
  }
  Object.freeze(value)
}

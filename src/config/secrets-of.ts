/** Every secret of a configuration with its key: for scrubbing logs and for comparing trust classes. */
import { Secret } from '../core/secret.ts'
import { keyText, type KeyPath } from './key-path.ts'
import type { Config } from './schema.ts'

export interface NamedSecret {
  readonly key: string
  readonly secret: Secret
}

export function secretsOf(config: Config): readonly NamedSecret[] {
  return walk(config, [])
}

function walk(value: unknown, path: KeyPath): readonly NamedSecret[] {
  if (value instanceof Secret) return [{ key: keyText(path), secret: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, entry]) => walk(entry, [...path, name]))
}

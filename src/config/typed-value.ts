/** Reads a value typed on the command line: JSON5, or text as it stands. */
import JSON5 from 'json5'
import type { KeyPath } from './key-path.ts'
import { configSchema } from './schema.ts'
import { settingAt, type SettingKind } from './schema-walk.ts'

const TEXTUAL: ReadonlySet<SettingKind> = new Set(['secret', 'text', 'path', 'choice'])

/**
 * Where a text is expected, only quotes, and braces round a secret's reference, are read as JSON5:
 * a random token of digits and an `e` would otherwise become a number.
 */
export function typedValue(path: KeyPath, text: string): unknown {
  const kind = settingAt(configSchema, path)?.kind
  const textual = kind !== undefined && TEXTUAL.has(kind)
  if (textual && !/^\s*(["']|\{)/.test(text)) return text
  try {
    return JSON5.parse<unknown>(text)
  } catch {
    return text
  }
}

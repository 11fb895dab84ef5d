/** The key that a `config` command is about, or what is wrong with its name. */
import { canonicalPath } from '../../config/aliases.ts'
import { keyText, parseKeyPath, type KeyPath } from '../../config/key-path.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import { unknownKey } from '../../config/validate.ts'
import { note } from '../output.ts'
import type { Io } from '../types.ts'
import { printError, printProblems, type ConfigOptions } from './config-reading.ts'

/** `null` when no such key exists; that has then been printed. */
export function knownPath(text: string, options: ConfigOptions, io: Io): KeyPath | null {
  const path = writtenPath(text, options, io)
  if (path === null) return null
  if (isKnown(path)) return path
  printProblems([unknownKey(path, null)], options, io)
  return null
}

/** Also a key that does not exist. `null` when the text is no key; that has then been printed. */
export function writtenPath(text: string, { json }: ConfigOptions, io: Io): KeyPath | null {
  const path = parseKeyPath(text)
  if (path !== null) return canonicalPath(path)
  const message = `"${text}" is no key. Keys look like gateway.auth.token, agents.list[0].id or a.b["name"]`
  if (json) printError({ code: 'unknown_key', message }, io)
  note(io, message)
  return null
}

/** Whether there is such a setting, whatever the file says. */
export function isKnown(path: KeyPath): boolean {
  return settingAt(configSchema, path) !== null || belowPlugin(path)
}

/** A plugin's own settings are not in our schema. */
function belowPlugin(path: KeyPath): boolean {
  return keyText(path.slice(0, 2)) === 'plugins.entries' && path[3] === 'config'
}

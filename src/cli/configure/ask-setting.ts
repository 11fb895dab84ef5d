/** One question about one setting, and the change that its answer means. */
import type { Change } from '../../config/apply-changes.ts'
import { keyText, valueAt } from '../../config/key-path.ts'
import { configSchema } from '../../config/schema.ts'
import { settingAt, type Setting } from '../../config/schema-walk.ts'
import { typedValue } from '../../config/typed-value.ts'
import { newToken } from '../../core/ids.ts'
import { Secret } from '../../core/secret.ts'
import type { Prompt } from '../prompt.ts'
import type { Asked } from './sections.ts'

export interface AskedOf {
  readonly prompt: Prompt
  /** The configuration in force, with what was answered so far. */
  readonly config: unknown
  readonly showSecret: (secret: Secret) => string
}

/** `null`: it stays as it is. */
export async function askSetting(asked: Asked, of: AskedOf): Promise<Change | null> {
  const setting = settingAt(configSchema, asked.path)
  if (setting === null) throw new Error(`${keyText(asked.path)} is no setting`)
  const current = valueAt(of.config, asked.path)
  of.prompt.say(`\n${setting.description}`)
  const answer = await of.prompt.question(
    `${keyText(asked.path)}${inBrackets(hints(setting, asked, { current, of }))}: `,
    setting.kind === 'secret' ? 'hidden' : 'shown',
  )
  if (answer === '')
    return current === undefined && asked.suggestion === 'new token' ? set(asked, newToken()) : null
  if (answer === '-') return current === undefined ? null : { kind: 'unset', path: asked.path }
  return set(asked, typed(setting, answer))
}

function set({ path }: Asked, value: unknown): Change {
  return { kind: 'set', path, value }
}

interface Now {
  readonly current: unknown
  readonly of: AskedOf
}

function hints(setting: Setting, { suggestion }: Asked, { current, of }: Now): readonly string[] {
  const { kind, accepts } = setting
  const what = kind === 'secret' ? [] : kind === 'list' ? ['commas between'] : [accepts]
  if (current === undefined)
    return [...what, suggestion === 'new token' ? 'Enter makes one' : 'Enter: none']
  const shown = current instanceof Secret ? of.showSecret(current) : plain(current)
  return [...what, `Enter keeps ${shown}`, ...(kind === 'secret' ? ['- removes it'] : [])]
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ')
  return String(value)
}

function inBrackets(words: readonly string[]): string {
  return words.length === 0 ? '' : ` (${words.join('; ')})`
}

/** A list is typed with commas; a choice may be typed by its beginning. */
function typed({ kind, path, accepts }: Setting, answer: string): unknown {
  if (kind === 'list' && !answer.startsWith('[')) return answer.split(',').map((one) => one.trim())
  if (kind === 'boolean') return yesOrNo(answer)
  if (kind === 'choice') {
    const words = accepts.match(/[a-z-]+/g) ?? []
    return words.find((word) => word === answer) ?? answer
  }
  return kind === 'secret' ? answer : typedValue(path, answer)
}

function yesOrNo(answer: string): unknown {
  const word = answer.toLowerCase()
  if (word === 'y' || word === 'yes') return true
  return word === 'n' || word === 'no' ? false : typedValue([], answer)
}

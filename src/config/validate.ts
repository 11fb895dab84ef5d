/** Checks a configuration against the schema, and says what is wrong in words, with the secret parts left out. */
import type * as z from 'zod'
import { keyText, valueAt, type KeyPath } from './key-path.ts'
import type { Variable } from './environment.ts'
import type { Problem, Where } from './problem.ts'
import { configSchema } from './schema.ts'
import { keyAccepts, namesAt, settingAt, settings } from './schema-walk.ts'
import { nearestName } from './suggest.ts'

export type Validated =
  | { readonly kind: 'valid'; readonly value: z.output<typeof configSchema> }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

export interface Origins {
  /** Where a key came from. */
  readonly whereIs: (path: KeyPath) => Where | null
  /** What `${VAR}` took: whatever a variable holds may be a secret, and is named, not shown. */
  readonly variables: readonly Variable[]
}

export function validate(tree: unknown, origins: Origins): Validated {
  const result = configSchema.safeParse(tree)
  if (result.success) return { kind: 'valid', value: result.data }
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, tree, origins))
  return { kind: 'invalid', problems }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  tree: unknown,
  { whereIs, variables }: Origins,
): readonly Problem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey([...path, name], whereIs([...path, name])))
  }
  const accepts = acceptedBy(issue, path)
  const message = messageOf(issue, { path, value: valueAt(tree, path), variables })
  return [
    {
      code: 'wrong_value',
      key: keyText(path),
      where: whereIs(path),
      message,
      fix: `Accepted: ${accepts}`,
    },
  ]
}

/** What is said of a key that does not exist; its value is not shown, for it may be a mistyped secret. */
export function unknownKey(path: KeyPath, where: Where | null): Problem {
  const parent = path.slice(0, -1)
  const siblings = namesAt(configSchema, parent)
  const meant = meantKey(path, siblings)
  const known =
    siblings.length > 0
      ? `Known here: ${siblings.join(', ')}`
      : `Accepted above it: ${nearestAccepts(parent)}`
  const fix = meant === null ? known : `Did you mean ${meant}?`
  return { code: 'unknown_key', key: keyText(path), where, message: 'there is no such key', fix }
}

function meantKey(path: KeyPath, siblings: readonly string[]): string | null {
  const name = path.at(-1) ?? ''
  const near = nearestName(name, siblings)
  if (near !== null) return keyText([...path.slice(0, -1), near])
  const elsewhere = settings(configSchema).find(
    (setting) => setting.path.at(-1)?.toLowerCase() === name.toLowerCase(),
  )
  return elsewhere === undefined ? null : keyText(elsewhere.path)
}

function acceptedBy(issue: z.core.$ZodIssue, path: KeyPath): string {
  const own = issue.code === 'custom' ? issue.params?.['accepts'] : undefined
  if (typeof own === 'string') return own
  if (issue.code === 'invalid_key')
    return keyAccepts(configSchema, path.slice(0, -1)) ?? 'another name'
  return nearestAccepts(path)
}

/** Inside a reference to a secret, what the secret accepts. */
function nearestAccepts(path: KeyPath): string {
  const own = settingAt(configSchema, path)?.accepts
  return own ?? (path.length === 0 ? 'an object' : nearestAccepts(path.slice(0, -1)))
}

function messageOf(
  issue: z.core.$ZodIssue,
  at: Pick<Origins, 'variables'> & { readonly path: KeyPath; readonly value: unknown },
): string {
  if (at.value === undefined) return 'is missing'
  if (issue.code === 'invalid_key')
    return `${JSON.stringify(at.path.at(-1))} is not accepted as a name`
  const custom = issue.code === 'custom' && issue.message !== 'Invalid input' ? issue.message : null
  const variable = at.variables.find(({ value }) => takes(at.value, value))
  const shown =
    variable === undefined ? shownValue(at.path, at.value) : `what ${variable.source} says`
  return custom === null ? `${shown} is not accepted` : `${shown} ${custom}`
}

/** By the text alone: which key it went to, a list that lost an entry does not tell. */
function takes(value: unknown, held: string): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false
  const text = String(value)
  return text === held || (held.length > SHORT && text.includes(held))
}

/** Such a word stands in many texts by chance. */
const SHORT = 3

/** Scalars as they are written; secrets and everything that may hold one by their type alone. */
function shownValue(path: KeyPath, value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'null'
  if (typeof value === 'object') return 'an object'
  const kind = path.map((_, at) => settingAt(configSchema, path.slice(0, at + 1))?.kind)
  if (kind.includes('secret')) return typeof value === 'string' ? 'this text' : `a ${typeof value}`
  if (kind.at(-1) === 'group' || kind.at(-1) === 'map') return `a ${typeof value}`
  // Whoever writes a user and a password into an address has a secret in it, whatever the setting is.
  const text = JSON.stringify(value).replace(/:\/\/[^/@\s]*@/, '://…@')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Puts the environment into `${VAR}`; `$${` is a literal `${` (S3). */
import type { Environment, Variable } from './environment.ts'
import { isTree, keyText, type KeyPath, type Tree } from './key-path.ts'

export interface Expanded {
  readonly tree: unknown
  /** From each key to the variables that its text took. */
  readonly used: ReadonlyMap<string, readonly Variable[]>
  readonly missing: readonly Missing[]
}

/** `variable` is unset or empty, or what stands between the braces is no name. */
export interface Missing {
  readonly path: KeyPath
  readonly variable: string
  readonly fault: 'unset' | 'empty' | 'no-name'
}

interface Work {
  readonly environment: Environment
  readonly used: Map<string, readonly Variable[]>
  readonly missing: Missing[]
  /** What a text that was one variable and nothing else becomes: numbers and flags arrive as text. */
  readonly typed: (path: KeyPath, text: string) => unknown
}

/** Keys whose variable is missing are left out of the tree. */
export function expand(tree: Tree, environment: Environment, typed: Work['typed']): Expanded {
  const work: Work = { environment, used: new Map(), missing: [], typed }
  return { tree: expandValue(tree, [], work), used: work.used, missing: work.missing }
}

function expandValue(value: unknown, path: KeyPath, work: Work): unknown {
  if (typeof value === 'string') return value.includes('${') ? expandText(value, path, work) : value
  if (Array.isArray(value)) {
    return value
      .map((entry, at) => expandValue(entry, [...path, String(at)], work))
      .filter((entry) => entry !== undefined)
  }
  if (!isTree(value)) return value
  const entries = Object.entries(value).map(
    ([name, entry]) => [name, expandValue(entry, [...path, name], work)] as const,
  )
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined))
}

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g

function expandText(text: string, path: KeyPath, work: Work): unknown {
  const used: Variable[] = []
  const missing: Missing[] = []
  // One pass: what a variable holds is never expanded again.
  const result = text.replace(REFERENCE, (match: string, name: string | undefined, end: string) => {
    if (name === undefined) return '${'
    const named = end === '}' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    const variable = named ? work.environment.find(name) : undefined
    if (variable && variable.value !== '') {
      used.push(variable)
      return variable.value
    }
    const fault = variable === undefined ? 'no-name' : variable === null ? 'unset' : 'empty'
    missing.push({ path, variable: name, fault })
    return match
  })
  work.missing.push(...missing)
  if (missing.length > 0) return undefined
  if (used.length > 0) work.used.set(keyText(path), used)
  return used.length === 1 && /^\$\{\w+\}$/.test(text) ? work.typed(path, result) : result
}

/** Names of settings as people type them: `gateway.auth.token`, `agents.list[0].id`, `a.b["nick@example.com"]`. */

/** One string a step; list positions are digits. */
export type KeyPath = readonly string[]

/** A parsed file: plain objects, lists and scalars. */
export type Tree = Readonly<Record<string, unknown>>

const STEP = /\.?([^.[\]"']+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y

/** `null` when the text is not a path. */
export function parseKeyPath(text: string): KeyPath | null {
  const path: string[] = []
  const scanner = new RegExp(STEP)
  while (scanner.lastIndex < text.length) {
    const match = scanner.exec(text)
    if (match === null) return null
    const [whole, plain, index, quoted] = match
    if (plain !== undefined && whole.startsWith('.') === (path.length === 0)) return null
    const step = plain ?? index ?? unquoted(quoted ?? '')
    if (step === null) return null
    path.push(step)
  }
  return path.length > 0 ? path : null
}

function unquoted(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

export function keyText(path: KeyPath): string {
  return path.map((step, at) => stepText(step, at === 0)).join('')
}

function stepText(step: string, first: boolean): string {
  if (/^\d+$/.test(step)) return `[${step}]`
  if (/^[\w$*-]+$/.test(step)) return first ? step : `.${step}`
  return `[${JSON.stringify(step)}]`
}

/** Names that would reach into every object of the process. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export function touchesPrototype(path: KeyPath): boolean {
  return path.some((step) => PROTOTYPE_KEYS.has(step))
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && isPlain(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

export function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return /^\d+$/.test(step) ? at[Number(step)] : undefined
    return isTree(at) && Object.hasOwn(at, step) ? at[step] : undefined
  }, value)
}

/** A copy of `value` with `path` set; folders on the way are made. `null` where something on the way is no folder. */
export function withValue(value: unknown, path: KeyPath, leaf: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return leaf
  if (Array.isArray(value)) {
    const index = Number(step)
    if (!/^\d+$/.test(step) || index > value.length) return null
    const child = withValue(value[index], rest, leaf)
    return child === null ? null : [...value.slice(0, index), child, ...value.slice(index + 1)]
  }
  if (value !== undefined && !isTree(value)) return null
  const child = withValue(valueAt(value, [step]), rest, leaf)
  return child === null && rest.length > 0 ? null : { ...value, [step]: child }
}

/** A copy of `value` without `path`. */
export function withoutValue(value: unknown, path: KeyPath): unknown {
  const [step, ...rest] = path
  if (step === undefined || valueAt(value, [step]) === undefined) return value
  if (Array.isArray(value)) {
    const index = Number(step)
    if (rest.length === 0) return value.filter((_, at) => at !== index)
    return value.map((entry: unknown, at) => (at === index ? withoutValue(entry, rest) : entry))
  }
  if (!isTree(value)) return value
  if (rest.length > 0) return { ...value, [step]: withoutValue(value[step], rest) }
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== step))
}

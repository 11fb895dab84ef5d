/** Changes the configuration file: comments kept, atomic, one at a time, and never into something the schema refuses. */
import { isDeepStrictEqual } from 'node:util'
import { ALIASES, canonical } from './aliases.ts'
import { formatOf, parseDocument, type Format } from './document.ts'
import { editYaml } from './edit-yaml.ts'
import { isRedactionMarker } from './fields.ts'
import { gather, type Gathered, type LoadRequest, type Refused } from './gather.ts'
import { isTree, keyText, touchesPrototype, valueAt, withoutValue, withValue, type KeyPath, type Tree } from './key-path.ts'
import { evaluate, type LoadResult } from './load.ts'
import type { Location } from './locate.ts'
import type { Problem } from './problem.ts'
import { startRules } from './start-rules.ts'

export type Change =
  | { readonly kind: 'set'; readonly path: KeyPath; readonly value: unknown }
  | { readonly kind: 'unset'; readonly path: KeyPath }

export interface Edited {
  readonly kind: 'edited'
  readonly location: Location
  /** False when the file already said so. */
  readonly changed: boolean
  /** The configuration as it now is, flags and environment included. */
  readonly now: LoadResult
  /** Why the gateway would not start, or not as meant. */
  readonly warnings: readonly Problem[]
}

/** What to change, given the file as it stands once nobody else can change it. */
export type Plan = (tree: Tree) => readonly Change[]

export async function editConfig(request: Omit<LoadRequest, 'missing'>, plan: Plan): Promise<Edited | Refused> {
  const load: LoadRequest = { ...request, missing: 'omit' }
  const { host } = load
  const before = await gather(load)
  if (before.kind === 'refused') return before
  const folder = await host.makeFolder(before.location.folder)
  if (folder.kind === 'failed') return unwritable(folder.why)
  const lock = await host.lock(`${before.location.file}.lock`)
  if (lock.kind === 'failed') return unwritable(lock.why)
  try {
    const current = await gather(load)
    return current.kind === 'refused' ? current : await change(current, plan)
  } finally {
    lock.release()
  }
}

async function change(gathered: Gathered, plan: Plan): Promise<Edited | Refused> {
  const { location } = gathered
  const text = gathered.text ?? '{}\n'
  const format = formatOf(location.file, text)
  const parsed = await parseDocument(format, text)
  if (parsed.kind === 'malformed') return refusedBy(await evaluate(gathered))
  const changes = plan(parsed.tree).flatMap((wanted) => withAliases(parsed.tree, wanted))
  const forbidden = changes.flatMap(forbiddenChange)
  if (forbidden.length > 0) return { kind: 'refused', problems: forbidden }

  const edited = await apply({ text, format, tree: parsed.tree }, changes)
  if (edited.kind === 'refused') return edited
  const candidate: Gathered = { ...gathered, text: edited.text }
  const added = await newProblems(gathered, candidate)
  if (added.length > 0) return { kind: 'refused', problems: added }
  const failed = edited.text === gathered.text ? null : await save(gathered, edited.text)
  if (failed !== null) return unwritable(failed)
  const now = await evaluate(candidate)
  return { kind: 'edited', location, changed: edited.text !== gathered.text, now, warnings: warningsOf(now) }
}

interface Applied {
  readonly kind: 'applied'
  readonly text: string
  readonly format: Format
  readonly tree: Tree
}

async function apply(start: Omit<Applied, 'kind'>, changes: readonly Change[]): Promise<Applied | Refused> {
  let at: Applied | Refused = { kind: 'applied', ...start }
  for (const wanted of changes) {
    if (at.kind === 'refused') return at
    at = await applyOne(at, wanted)
  }
  return at
}

/** The text is read again after each change: what it must say is computed without the editing library. */
async function applyOne({ text, format, tree }: Applied, wanted: Change): Promise<Applied | Refused> {
  const expected = wanted.kind === 'set' ? withValue(tree, wanted.path, wanted.value) : withoutValue(tree, wanted.path)
  if (!isTree(expected)) return notEditable(wanted.path, 'something above it is neither an object nor a list', 'Name a key that exists')
  if (isDeepStrictEqual(expected, tree)) return { kind: 'applied', text, format, tree }
  const value = wanted.kind === 'set' ? wanted.value : undefined
  const next = format === 'yaml' ? await editYaml(text, wanted.path, value) : await editJson(text, wanted.path, value)
  const parsed = next === null ? null : await parseDocument(format, next)
  if (next === null || parsed?.kind !== 'parsed' || !isDeepStrictEqual(parsed.tree, expected)) {
    return notEditable(wanted.path, 'cannot be changed without harm to the rest of the file', 'Edit the file by hand')
  }
  return { kind: 'applied', text: next, format, tree: expected }
}

async function editJson(text: string, path: KeyPath, value: unknown): Promise<string | null> {
  const { editJson5 } = await import('./edit-json5.ts')
  return editJson5(text, path, value)
}

/** A flat key (S3) gives way to the key it means as soon as that one is changed. */
function withAliases(tree: Tree, wanted: Change): readonly Change[] {
  const plain = canonical(tree)
  const stale = ALIASES.filter(({ flat, means }) => {
    return valueAt(tree, flat) !== undefined && means.some((path) => keyText(path) === keyText(wanted.path))
  })
  return [
    ...stale.flatMap(({ flat, means }): readonly Change[] => [
      { kind: 'unset', path: flat },
      ...means
        .filter((path) => keyText(path) !== keyText(wanted.path) && plain.writtenAs.has(keyText(path)))
        .map((path): Change => ({ kind: 'set', path, value: valueAt(plain.tree, path) })),
    ]),
    wanted,
  ]
}

function forbiddenChange(wanted: Change): readonly Problem[] {
  const key = keyText(wanted.path)
  const refuse = (message: string, fix: string): readonly Problem[] => [{ code: 'forbidden_key', key, where: null, message, fix }]
  if (touchesPrototype(wanted.path)) return refuse('this name is not allowed', 'Choose another')
  if (wanted.kind === 'unset') return []
  if (holdsPrototype(wanted.value)) return refuse('the value holds a name that is not allowed', 'Leave out __proto__, constructor and prototype')
  if (holdsMarker(wanted.value)) return refuse('the value is a redaction marker, not the secret it stands for', 'Give the secret itself, or leave the key as it is')
  return []
}

function holdsPrototype(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPrototype)
  return isTree(value) && (touchesPrototype(Object.keys(value)) || Object.values(value).some(holdsPrototype))
}

function holdsMarker(value: unknown): boolean {
  if (typeof value === 'string') return isRedactionMarker(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsMarker)
}

/** What was wrong before may stay: otherwise two mistakes could not be mended one by one. */
async function newProblems(before: Gathered, candidate: Gathered): Promise<readonly Problem[]> {
  const after = await evaluate({ ...candidate, outside: 'ignore' })
  if (after.kind === 'loaded') return []
  const old = await evaluate({ ...before, outside: 'ignore' })
  const known = new Set(old.kind === 'refused' ? old.problems.map(identity) : [])
  return after.problems.filter((problem) => !known.has(identity(problem)))
}

function identity({ code, key, message }: Problem): string {
  return JSON.stringify([code, key, message])
}

/** The backup first: whatever fails, the old text is in one of the two. Answers what went wrong. */
async function save({ request: { host }, location, text: old }: Gathered, text: string): Promise<string | null> {
  const backup = old === null ? null : await host.write(`${location.file}.bak`, old)
  if (backup?.kind === 'failed') return backup.why
  const written = await host.write(location.file, text)
  return written.kind === 'failed' ? written.why : null
}

function warningsOf(now: LoadResult): readonly Problem[] {
  if (now.kind === 'refused') return now.problems
  const rules = startRules(now.config)
  return [...now.warnings, ...rules.problems, ...rules.warnings]
}

function refusedBy(result: LoadResult): Refused {
  return result.kind === 'refused' ? result : { kind: 'refused', problems: [] }
}

function unwritable(why: string): Refused {
  return { kind: 'refused', problems: [{ code: 'unreadable', key: null, where: null, message: why, fix: 'The configuration is as it was' }] }
}

function notEditable(path: KeyPath, message: string, fix: string): Refused {
  return { kind: 'refused', problems: [{ code: 'wrong_value', key: keyText(path), where: null, message, fix }] }
}

/** Changes a configuration text key by key, and checks after each that nothing else changed. */
import { isDeepStrictEqual } from 'node:util'
import { ALIASES, canonical } from './aliases.ts'
import { parseDocument, type Format } from './document.ts'
import { editYaml } from './edit-yaml.ts'
import { emptiedBy } from './emptied.ts'
import type { Refused } from './gather.ts'
import {
  isTree,
  keyText,
  valueAt,
  withoutValue,
  withValue,
  type KeyPath,
  type Tree,
} from './key-path.ts'

export type Change =
  | { readonly kind: 'set'; readonly path: KeyPath; readonly value: unknown }
  | { readonly kind: 'unset'; readonly path: KeyPath }

export interface Applied {
  readonly kind: 'applied'
  readonly text: string
  readonly format: Format
  readonly tree: Tree
}

export async function applyChanges(
  start: Omit<Applied, 'kind'>,
  changes: readonly Change[],
): Promise<Applied | Refused> {
  let at: Applied | Refused = { kind: 'applied', ...start }
  for (const wanted of changes) {
    if (at.kind === 'refused') return at
    const before: Tree = at.tree
    at = await applyOne(at, wanted)
    if (wanted.kind === 'unset' && at.kind === 'applied' && at.tree !== before)
      at = await withoutEmptied(at, wanted.path)
  }
  return at
}

/** A group that the removal emptied goes too, unless somebody left a comment in it. */
async function withoutEmptied(applied: Applied, removed: KeyPath): Promise<Applied> {
  const empty = emptiedBy(removed, applied.tree)
  if (empty === null || (await holdsComment(applied, empty))) return applied
  const next = await applyOne(applied, { kind: 'unset', path: empty })
  return next.kind === 'refused' ? applied : withoutEmptied(next, empty)
}

async function holdsComment({ text, format }: Applied, empty: KeyPath): Promise<boolean> {
  if (format === 'yaml') return (await import('./edit-yaml.ts')).yamlComment(text, empty)
  return (await import('./edit-json5.ts')).json5Comment(text, empty)
}

/** The text is read again after each change: what it must say is computed without the editing library. */
async function applyOne(
  { text, format, tree }: Applied,
  wanted: Change,
): Promise<Applied | Refused> {
  const expected =
    wanted.kind === 'set'
      ? withValue(tree, wanted.path, wanted.value)
      : withoutValue(tree, wanted.path)
  if (!isTree(expected))
    return notEditable(
      wanted.path,
      'something above it is neither an object nor a list',
      'Name a key that exists',
    )
  if (isDeepStrictEqual(expected, tree)) return { kind: 'applied', text, format, tree }
  const value = wanted.kind === 'set' ? wanted.value : undefined
  const next =
    format === 'yaml'
      ? await editYaml(text, wanted.path, value)
      : await editJson(text, wanted.path, value)
  const parsed = next === null ? null : await parseDocument(format, next)
  if (next === null || parsed?.kind !== 'parsed' || !isDeepStrictEqual(parsed.tree, expected)) {
    return notEditable(
      wanted.path,
      'cannot be changed without harm to the rest of the file',
      'Edit the file by hand',
    )
  }
  return { kind: 'applied', text: next, format, tree: expected }
}

async function editJson(text: string, path: KeyPath, value: unknown): Promise<string | null> {
  const { editJson5 } = await import('./edit-json5.ts')
  return editJson5(text, path, value)
}

/** A flat key (S3) gives way to the key it means as soon as that one is changed. */
export function withAliases(tree: Tree, wanted: Change): readonly Change[] {
  const plain = canonical(tree)
  const stale = ALIASES.filter(({ flat, means }) => {
    return (
      valueAt(tree, flat) !== undefined &&
      means.some((path) => keyText(path) === keyText(wanted.path))
    )
  })
  return [
    ...stale.flatMap(({ flat, means }): readonly Change[] => [
      { kind: 'unset', path: flat },
      ...means
        .filter(
          (path) => keyText(path) !== keyText(wanted.path) && plain.writtenAs.has(keyText(path)),
        )
        .map((path): Change => ({ kind: 'set', path, value: valueAt(plain.tree, path) })),
    ]),
    wanted,
  ]
}

function notEditable(path: KeyPath, message: string, fix: string): Refused {
  return {
    kind: 'refused',
    problems: [{ code: 'wrong_value', key: keyText(path), where: null, message, fix }],
  }
}

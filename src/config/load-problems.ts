/** What can be wrong with a configuration file before its values are looked at. */
import type { Canonical } from './aliases.ts'
import type { Parsed } from './document.ts'
import type { Expanded } from './expand.ts'
import { isTree, keyText, touchesPrototype, type KeyPath } from './key-path.ts'
import type { Location } from './locate.ts'
import { calledVariable, shownVariable } from './named-place.ts'
import type { Problem, Where } from './problem.ts'

export type Readable = Extract<Parsed, { kind: 'parsed' }>

interface Read {
  readonly location: Location
  readonly parsed: Readable
  readonly expanded: Expanded
  readonly plain: Canonical
}

export function syntaxProblem(
  { file }: Location,
  { line, message }: Extract<Parsed, { kind: 'malformed' }>,
): Problem {
  const fix = 'Correct the file there; nothing of it was applied'
  return { code: 'syntax', key: null, where: { source: file, line }, message, fix }
}

export function forbiddenKeys(
  { file }: Location,
  { tree, duplicates, lineOf }: Readable,
): readonly Problem[] {
  const at = (path: KeyPath): Pick<Problem, 'key' | 'where'> => ({
    key: keyText(path),
    where: { source: file, line: lineOf(path) },
  })
  return [
    ...duplicates.map((path): Problem => ({
      ...at(path),
      code: 'duplicate_key',
      message: 'stands twice',
      fix: 'Delete one of the two',
    })),
    ...keysOf(tree, [])
      .filter(touchesPrototype)
      .map((path): Problem => ({
        ...at(path),
        code: 'forbidden_key',
        message: 'this name is not allowed',
        fix: 'Delete it',
      })),
  ]
}

function keysOf(value: unknown, path: KeyPath): readonly KeyPath[] {
  if (Array.isArray(value))
    return value.flatMap((entry, at) => keysOf(entry, [...path, String(at)]))
  if (!isTree(value)) return []
  return Object.keys(value).flatMap((name) => [
    [...path, name],
    ...keysOf(value[name], [...path, name]),
  ])
}

export function missingProblems({ expanded, location, parsed }: Read): readonly Problem[] {
  return expanded.missing.map(({ path, variable, fault }) => ({
    code: 'missing_variable',
    key: keyText(path),
    where: { source: location.file, line: parsed.lineOf(path) },
    message:
      fault === 'no-name'
        ? 'a "${" in it is not closed or names no variable'
        : `${calledVariable(variable)} is ${fault}`,
    fix:
      fault === 'no-name'
        ? 'Write ${NAME}; $${ is a literal ${'
        : `Set ${shownVariable(variable)} in the environment or in ${location.dotenv}`,
  }))
}

export function conflictProblems({ plain, location, parsed }: Read): readonly Problem[] {
  return plain.conflicts.map(({ flat, means }) => ({
    code: 'conflict',
    key: keyText(flat),
    where: { source: location.file, line: parsed.lineOf(flat) },
    message: `means the same as ${keyText(means)}, which is there too`,
    fix: 'Delete one of the two',
  }))
}

export function unresolvedProblem(where: Where | null, path: KeyPath, why: string): Problem {
  return {
    code: 'unresolved_secret',
    key: keyText(path),
    where,
    message: `the secret cannot be fetched: ${why}`,
    fix: 'Correct the reference',
  }
}

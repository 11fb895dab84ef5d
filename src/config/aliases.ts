/** The flat keys of gateway.yaml (S3: `gateway.token`, `token_secondary`, `host`), read as the keys they mean. */
import { keyText, valueAt, withoutValue, withValue, type KeyPath } from './key-path.ts'

export const ALIASES: readonly { readonly flat: KeyPath; readonly means: readonly KeyPath[] }[] = [
  { flat: ['gateway', 'token'], means: [['gateway', 'auth', 'token']] },
  { flat: ['gateway', 'token_secondary'], means: [['gateway', 'auth', 'tokenSecondary']] },
  { flat: ['gateway', 'auth', 'token_secondary'], means: [['gateway', 'auth', 'tokenSecondary']] },
  {
    flat: ['gateway', 'host'],
    means: [
      ['gateway', 'bind'],
      ['gateway', 'customBindHost'],
    ],
  },
]

export interface Canonical {
  readonly tree: unknown
  /** From a canonical key to the flat one that the file has. */
  readonly writtenAs: ReadonlyMap<string, KeyPath>
  /** Pairs of which the file has both. */
  readonly conflicts: readonly { readonly flat: KeyPath; readonly means: KeyPath }[]
}

export function canonical(tree: unknown): Canonical {
  const present = ALIASES.filter(({ flat }) => valueAt(tree, flat) !== undefined)
  const writtenAs = new Map<string, KeyPath>()
  const conflicts: { flat: KeyPath; means: KeyPath }[] = []
  const result = present.reduce((at, { flat, means }) => {
    const doubled = means.find((path) => valueAt(at, path) !== undefined)
    if (doubled !== undefined) {
      conflicts.push({ flat, means: doubled })
      return withoutValue(at, flat)
    }
    return meant(flat, means, valueAt(at, flat)).reduce(
      (next, [path, value]) => {
        const moved = withValue(next, path, value)
        if (moved === null) return next
        writtenAs.set(keyText(path), flat)
        return moved
      },
      withoutValue(at, flat),
    )
  }, tree)
  return { tree: result, writtenAs, conflicts }
}

function meant(
  flat: KeyPath,
  [first, second]: readonly KeyPath[],
  value: unknown,
): readonly (readonly [KeyPath, unknown])[] {
  if (first === undefined) return []
  if (flat.at(-1) !== 'host' || second === undefined) return [[first, value]]
  if (value === '0.0.0.0' || value === '::') return [[first, 'lan']]
  if (value === '127.0.0.1' || value === '::1' || value === 'localhost')
    return [[first, 'loopback']]
  return [
    [first, 'custom'],
    [second, value],
  ]
}

/** The key that a flat one means, for commands that name one. */
export function canonicalPath(path: KeyPath): KeyPath {
  const alias = ALIASES.find(({ flat }) => keyText(flat) === keyText(path))
  return alias?.means[0] ?? path
}

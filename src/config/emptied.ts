/** What a removal leaves behind: groups that hold nothing any more and say nothing by being there. */
import { isDeepStrictEqual } from 'node:util'
import { isTree, valueAt, type KeyPath, type Tree } from './key-path.ts'
import { configSchema } from './schema.ts'
import { settingAt } from './schema-walk.ts'

/**
 * The group right above `removed`, if it is empty now and means the same when it is gone; `null` otherwise. An empty
 * `identityScopes` is no such group: without it, users of a proxy may do more.
 */
export function emptiedBy(removed: KeyPath, tree: Tree): KeyPath | null {
  const parent = removed.slice(0, -1)
  if (parent.length === 0) return null
  const left = valueAt(tree, parent)
  if (!isTree(left) || Object.keys(left).length > 0) return null
  return isDeepStrictEqual(settingAt(configSchema, parent)?.fallback, {}) ? parent : null
}

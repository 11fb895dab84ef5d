/** Changes one key of a YAML text and keeps its comments. */
import type { KeyPath } from './key-path.ts'

/** `undefined` removes. Answers `null` where something on the way is neither map nor list. */
export async function editYaml(
  text: string,
  path: KeyPath,
  value: unknown,
): Promise<string | null> {
  const { isMap, isSeq, parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const steps = path.map((step, at) =>
    isSeq(document.getIn(path.slice(0, at), true)) ? Number(step) : step,
  )
  const blocked = path.some((_, at) => {
    const parent: unknown = document.getIn(steps.slice(0, at), true)
    return parent !== undefined && parent !== null && !isMap(parent) && !isSeq(parent)
  })
  if (blocked) return null
  if (value === undefined) document.deleteIn(steps)
  else document.setIn(steps, document.createNode(value))
  return document.toString({ lineWidth: 0 })
}

/** Whether a comment stands in the empty map at `path`, or beside its key. */
export async function yamlComment(text: string, path: KeyPath): Promise<boolean> {
  const { isMap, isNode, parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => String(key) === path.at(-1))
    : undefined
  return [pair?.key, pair?.value].some(
    (node) => isNode(node) && (Boolean(node.comment) || Boolean(node.commentBefore)),
  )
}

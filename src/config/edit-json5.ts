/** Changes one key of a JSON5 text and leaves comments, order and spacing of the rest alone. */
import { JsonArrayNode, JsonObjectNode, JsonParser, type JsonValueNode } from '@croct/json5-parser'
import type { KeyPath } from './key-path.ts'

/** `undefined` removes. Answers `null` where something on the way is neither object nor list. */
export function editJson5(text: string, path: KeyPath, value: unknown): string | null {
  const root = JsonParser.parse(text, JsonObjectNode)
  if (root.properties.length === 0 && value !== undefined && !/\/[/*]/.test(text)) {
    return `${JSON.stringify(nested(path, value), null, 2)}\n`
  }
  if (value === undefined) return remove(text, root, path)
  return put(root, path, value) ? root.toString() : null
}

/** Whether a comment stands in the empty object at `path`. */
export function json5Comment(text: string, path: KeyPath): boolean {
  const node = path.reduce<JsonValueNode | undefined>(
    (at, step) => at && childrenOf(at).find(({ name }) => name === step)?.value,
    JsonParser.parse(text, JsonObjectNode),
  )
  if (node === undefined) return false
  const { start, end } = spanOf(node.location)
  return /\/[/*]/.test(text.slice(start, end))
}

function nested(path: KeyPath, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
}

function put(node: JsonValueNode, [step, ...rest]: KeyPath, value: unknown): boolean {
  if (step === undefined) return false
  if (node instanceof JsonObjectNode) {
    if (rest.length > 0 && node.has(step)) return put(node.get(step), rest, value)
    node.set(step, plain(nested(rest, value)))
    return true
  }
  if (!(node instanceof JsonArrayNode)) return false
  const index = Number(step)
  const child = node.elements[index]
  if (child === undefined) {
    if (index !== node.elements.length) return false
    node.push(plain(nested(rest, value)))
    return true
  }
  if (rest.length > 0) return put(child, rest, value)
  node.set(index, plain(value))
  return true
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The library forgets a comma where the text is compact, so what is removed is cut out of the text itself. */
function remove(text: string, node: JsonValueNode, [step, ...rest]: KeyPath): string | null {
  if (step === undefined) return null
  const children = childrenOf(node)
  const at = children.findIndex(({ name }) => name === step)
  const child = children[at]
  if (child === undefined) return text
  if (rest.length > 0) return remove(text, child.value, rest)

  const next = children[at + 1]?.span.start ?? node.location.end.index - 1
  const after = commaIn(text, { start: child.span.end, end: next })
  const before =
    after === null && at > 0
      ? commaIn(text, { start: children[at - 1]?.span.end ?? 0, end: child.span.start })
      : null
  const cut = after === null ? text : without(text, { start: after, end: after + 1 })
  const gone = without(cut, wholeLine(cut, child.span))
  return before === null ? gone : without(gone, { start: before, end: before + 1 })
}

function childrenOf(
  node: JsonValueNode,
): readonly { readonly name: string; readonly value: JsonValueNode; readonly span: Span }[] {
  if (node instanceof JsonObjectNode) {
    return node.properties.map(({ key, value, location }) => ({
      name: key.toJSON(),
      value,
      span: spanOf(location),
    }))
  }
  if (!(node instanceof JsonArrayNode)) return []
  return node.elements.map((value, at) => ({
    name: String(at),
    value,
    span: spanOf(value.location),
  }))
}

function spanOf({
  start,
  end,
}: {
  readonly start: { readonly index: number }
  readonly end: { readonly index: number }
}): Span {
  return { start: start.index, end: end.index }
}

function commaIn(text: string, { start, end }: Span): number | null {
  const gap = text
    .slice(start, end)
    .replace(/\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//g, (comment) => ' '.repeat(comment.length))
  const found = gap.indexOf(',')
  return found < 0 ? null : start + found
}

/** With its line, where nothing else stands on it. */
function wholeLine(text: string, { start, end }: Span): Span {
  const lead = /\n[ \t]*$/.exec(text.slice(0, start))
  const trail = /^[ \t]*(?=\r?\n)/.exec(text.slice(end))
  if (lead === null || trail === null) return { start, end }
  return { start: start - lead[0].length, end: end + trail[0].length }
}

function without(text: string, { start, end }: Span): string {
  return text.slice(0, start) + text.slice(end)
}

type Settable = Parameters<JsonObjectNode['set']>[1]

/** Plain values take over the style of the text round them. The library writes line separators raw, which not every reader takes. */
function plain(value: unknown): Settable {
  const text = JSON.stringify(value)
  if (!/[\u2028\u2029]/.test(text)) return JSON.parse(text) as Settable
  return JsonParser.parse(
    text.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`),
  )
}

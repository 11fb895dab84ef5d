/** Reads a configuration file, whichever of its two languages it is written in. */
import type * as Yaml from 'yaml'
import JSON5 from 'json5'
import { findKeys } from './json5-keys.ts'
import { isTree, keyText, type KeyPath, type Tree } from './key-path.ts'

export type Format = 'json5' | 'yaml'

export type Parsed =
  | {
      readonly kind: 'parsed'
      readonly tree: Tree
      /** The line of a key, or of the nearest one above it; `null` when there is none. */
      readonly lineOf: (path: KeyPath) => number | null
      readonly duplicates: readonly KeyPath[]
    }
  | { readonly kind: 'malformed'; readonly line: number | null; readonly message: string }

const MAX_DEPTH = 32

/** `.yaml` is YAML; `config.json` is what its first character says (S1 writes YAML in it). */
export function formatOf(file: string, text: string): Format {
  if (/\.ya?ml$/i.test(file)) return 'yaml'
  if (!/(^|[\\/])config\.json$/.test(file)) return 'json5'
  return /^\uFEFF?\s*(\{|\/[/*]|$)/.test(text) ? 'json5' : 'yaml'
}

export async function parseDocument(format: Format, text: string): Promise<Parsed> {
  const parsed = format === 'yaml' ? await parseYaml(text) : parseJson5(text)
  if (parsed.kind === 'parsed' && depthOf(parsed.tree) > MAX_DEPTH) {
    return {
      kind: 'malformed',
      line: null,
      message: `is nested more than ${MAX_DEPTH} levels deep`,
    }
  }
  return parsed
}

function parseJson5(source: string): Parsed {
  const text = source.replace(/^\uFEFF/, '')
  if (text.trim() === '')
    return { kind: 'malformed', line: 1, message: 'is empty; an empty configuration is written {}' }
  const value = read(() => JSON5.parse<unknown>(text))
  if (value.kind === 'failed')
    return { kind: 'malformed', line: value.line, message: value.message }
  if (!isTree(value.value))
    return { kind: 'malformed', line: 1, message: 'does not hold an object' }
  const { lines, duplicates } = findKeys(text)
  return { kind: 'parsed', tree: value.value, duplicates, lineOf: (path) => nearest(lines, path) }
}

type Read =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly line: number | null; readonly message: string }

function read(parse: () => unknown): Read {
  try {
    return { kind: 'read', value: parse() }
  } catch (error) {
    if (!(error instanceof Error)) return { kind: 'failed', line: null, message: 'cannot be read' }
    // JSON5 names the character it stumbled over: one character of a secret at most.
    const line =
      'lineNumber' in error && typeof error.lineNumber === 'number' ? error.lineNumber : null
    return {
      kind: 'failed',
      line,
      message: line === null ? 'is nested too deeply' : error.message.replace(/^JSON5: /, ''),
    }
  }
}

function nearest(lines: ReadonlyMap<string, number>, path: KeyPath): number | null {
  if (path.length === 0) return null
  return lines.get(keyText(path)) ?? nearest(lines, path.slice(0, -1))
}

async function parseYaml(text: string): Promise<Parsed> {
  const yaml = await import('yaml')
  const lineCounter = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    return {
      kind: 'malformed',
      line: lineCounter.linePos(fault.pos[0]).line,
      message: yamlMessage(fault.code),
    }
  }
  const value = read(() => document.toJS({ maxAliasCount: 50 }) as unknown)
  if (value.kind === 'failed')
    return { kind: 'malformed', line: null, message: 'has too many aliases' }
  if (value.value !== null && !isTree(value.value))
    return { kind: 'malformed', line: 1, message: 'does not hold keys with values' }
  const lineOf = (path: KeyPath): number | null => {
    const offset = yamlOffset(yaml, document, path)
    return offset === null ? null : lineCounter.linePos(offset).line
  }
  return { kind: 'parsed', tree: value.value ?? {}, duplicates: [], lineOf }
}

/** By code: the library's own messages quote the text, which may be a secret. */
function yamlMessage(code: string): string {
  if (code === 'DUPLICATE_KEY') return 'a key stands twice'
  if (code === 'MULTIPLE_DOCS') return 'holds more than one document'
  if (code === 'BAD_INDENT' || code === 'TAB_AS_INDENT') return 'wrong indentation'
  return `is no valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`
}

function yamlOffset(
  yaml: typeof Yaml,
  document: Yaml.Document.Parsed,
  path: KeyPath,
): number | null {
  const [last] = path.slice(-1)
  if (last === undefined) return null
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = yaml.isMap(parent)
    ? parent.items.find(({ key }) => String(yaml.isScalar(key) ? key.value : key) === last)
    : undefined
  const node = pair?.key ?? (yaml.isSeq(parent) ? parent.items[Number(last)] : undefined)
  if (yaml.isNode(node) && node.range) return node.range[0]
  return yamlOffset(yaml, document, path.slice(0, -1))
}

function depthOf(value: unknown, depth = 0): number {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return depth
  return Object.values(value).reduce<number>(
    (most, entry) => Math.max(most, depthOf(entry, depth + 1)),
    depth,
  )
}

/** The same configuration in the other language, comments included: gateway.yaml as openclaw.json. */
import type * as Yaml from 'yaml'

/** `text` is valid YAML of one document; whoever calls compares what both say. */
export async function yamlAsJson5(text: string): Promise<string> {
  const yaml = await import('yaml')
  const document = yaml.parseDocument(text)
  const write = writer(yaml, document)
  const { contents } = document
  const body = contents === null ? '{}' : write(contents, '')
  return `${comments(document.commentBefore, '')}${body}\n${comments(document.comment, '')}`
}

type Write = (node: unknown, indent: string) => string

function writer(yaml: typeof Yaml, document: Yaml.Document.Parsed): Write {
  const write: Write = (node, indent) => {
    const inner = `${indent}  `
    if (yaml.isAlias(node)) return write(node.resolve(document), indent)
    if (yaml.isMap(node)) {
      const rows = node.items.map(({ key, value }) => row(key, value, inner))
      return block(
        ['{', '}'],
        [comments(node.commentBefore, inner), ...rows, comments(node.comment, inner)],
        indent,
      )
    }
    if (yaml.isSeq(node)) {
      const rows = node.items.map((item) => entry('', item, inner))
      return block(
        ['[', ']'],
        [comments(node.commentBefore, inner), ...rows, comments(node.comment, inner)],
        indent,
      )
    }
    return JSON.stringify(yaml.isScalar(node) ? node.toJSON() : null)
  }
  const row = (key: unknown, value: unknown, indent: string): string => {
    const name = String(yaml.isScalar(key) ? key.value : key)
    const before = yaml.isNode(key) ? key.commentBefore : null
    const plain = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `${comments(before, indent)}${entry(`${plain}: `, value, indent)}`
  }
  /** A comment of a map or list stands inside it already. */
  const entry = (label: string, value: unknown, indent: string): string => {
    const scalar = yaml.isScalar(value)
    const above = scalar ? comments(value.commentBefore, indent) : ''
    const behind = scalar && value.comment ? ` ${comments(value.comment, '').trimEnd()}` : ''
    return `${above}${indent}${label}${write(value, indent)},${behind}\n`
  }
  return write
}

function block(
  [open, close]: readonly [string, string],
  rows: readonly string[],
  indent: string,
): string {
  const inside = rows.join('')
  return inside === '' ? `${open}${close}` : `${open}\n${inside}${indent}${close}`
}

/** One a line. A blank line in a run of comments stays a comment. */
function comments(text: string | null | undefined, indent: string): string {
  if (text === null || text === undefined || text === '') return ''
  return text
    .split('\n')
    .map((line) => `${indent}//${line}\n`)
    .join('')
}

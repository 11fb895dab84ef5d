/** Finds the line of every key in a JSON5 text, and keys that stand twice: the reader itself keeps neither. */
import JSON5 from 'json5'
import { keyText, type KeyPath } from './key-path.ts'

export interface Keys {
  /** From the key as text to its line. */
  readonly lines: ReadonlyMap<string, number>
  readonly duplicates: readonly KeyPath[]
}

const TOKEN =
  /\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/|("(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*')|([{}[\]:,])|([^\s{}[\]:,"'/]+)/g

interface Frame {
  readonly kind: 'object' | 'array'
  readonly path: KeyPath
  readonly seen: Set<string>
  /** In an object: the key whose value is next; `null` while a key is expected. */
  key: string | null
  index: number
}

/** `text` must be valid JSON5. */
export function findKeys(text: string): Keys {
  const lines = new Map<string, number>()
  const duplicates: KeyPath[] = []
  const stack: Frame[] = []
  let line = 1
  for (const [token, string, mark, word] of text.matchAll(TOKEN)) {
    const frame = stack.at(-1)
    if (mark === undefined) {
      const name = frame?.kind === 'object' && frame.key === null ? nameOf(string, word) : null
      if (frame !== undefined && name !== null) noteKey(frame, name)
      line += token.split('\n').length - 1
    } else {
      step(stack, mark, lines, line)
    }
  }
  return { lines, duplicates }

  function noteKey(frame: Frame, name: string): void {
    const path = [...frame.path, name]
    if (frame.seen.has(name)) duplicates.push(path)
    frame.seen.add(name)
    frame.key = name
    lines.set(keyText(path), line)
  }
}

function step(stack: Frame[], mark: string, lines: Map<string, number>, line: number): void {
  const frame = stack.at(-1)
  if (mark === '}' || mark === ']') stack.pop()
  if (mark === ',' && frame !== undefined) {
    frame.key = null
    frame.index += 1
  }
  if (mark !== '{' && mark !== '[') return
  const path =
    frame === undefined
      ? []
      : [...frame.path, frame.kind === 'array' ? String(frame.index) : (frame.key ?? '')]
  if (frame?.kind === 'array') lines.set(keyText(path), line)
  stack.push({
    kind: mark === '{' ? 'object' : 'array',
    path,
    seen: new Set(),
    key: null,
    index: 0,
  })
}

function nameOf(string: string | undefined, word: string | undefined): string | null {
  if (string !== undefined) return JSON5.parse<string>(string)
  if (word === undefined) return null
  return word.includes('\\') ? (Object.keys(JSON5.parse<object>(`{${word}:0}`))[0] ?? word) : word
}

/** Edits text of `NAME=value` lines: what stands around a line stays as it was written. */

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

export function isVariableName(name: string): boolean {
  return NAME.test(name)
}

/** The line of that name anew where it stands last, or at the end; others of the same name go. */
export function withVariable(text: string, name: string, value: string): string {
  const lines = linesOf(text)
  const at = lines.findLastIndex((line) => names(line, name))
  const prefix = /^\s*export\s/.test(lines[at] ?? '') ? 'export ' : ''
  const written = `${prefix}${name}=${quoted(value)}`
  const next = at === -1 ? [...lines, written] : lines.with(at, written)
  const kept = next.filter((line) => line === written || !names(line, name))
  return joined(kept)
}

export function withoutVariable(text: string, name: string): string {
  return joined(linesOf(text).filter((line) => !names(line, name)))
}

function names(line: string, name: string): boolean {
  return new RegExp(String.raw`^\s*(?:export\s+)?${name}\s*=`).test(line)
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** So that `source` of a shell and our own reader take it alike; only one with both `'` and `$` differs there. */
function quoted(value: string): string {
  if (/^[\w.,:/@%+=-]+$/.test(value)) return value
  if (!/['\r\n\t]/.test(value)) return `'${value}'`
  const escapes: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' }
  return `"${value.replace(/["\\\n\r\t]/g, (letter) => `\\${escapes[letter] ?? letter}`)}"`
}

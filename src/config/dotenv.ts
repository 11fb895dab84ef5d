/** The `.env` file of the state dir: `NAME=value` lines, as people write them for shells and for Docker. */

export type Dotenv =
  | { readonly kind: 'parsed'; readonly entries: ReadonlyMap<string, DotenvEntry> }
  | { readonly kind: 'malformed'; readonly line: number }

export interface DotenvEntry {
  readonly value: string
  readonly line: number
}

const LINE = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/
const DOUBLE = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/
const SINGLE = /^'([^']*)'\s*(?:#.*)?$/

/**
 * Spaces round `=`, quotes, `export` and comments are allowed; in a value without quotes a `#` begins
 * a comment only after a space, since passwords hold `#`. The last of two equal names wins.
 */
export function parseDotenv(text: string): Dotenv {
  const entries = new Map<string, DotenvEntry>()
  for (const [at, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [, name, rest] = LINE.exec(line) ?? []
    const value = rest === undefined ? null : valueOf(rest)
    if (name === undefined || value === null) return { kind: 'malformed', line: at + 1 }
    entries.set(name, { value, line: at + 1 })
  }
  return { kind: 'parsed', entries }
}

function valueOf(rest: string): string | null {
  if (rest.startsWith('"')) return DOUBLE.exec(rest)?.[1]?.replace(/\\(.)/g, escaped) ?? null
  if (rest.startsWith("'")) return SINGLE.exec(rest)?.[1] ?? null
  return rest.replace(/(^|\s+)#.*$/, '').trim()
}

function escaped(_: string, letter: string): string {
  return { n: '\n', r: '\r', t: '\t' }[letter] ?? letter
}

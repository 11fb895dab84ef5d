/** Reads strict JSON and remembers in which line everything stands, so that a person is told where a mistake is. */

export type PlacedJson =
  | {
      readonly kind: 'json'
      readonly value: unknown
      /** Line of the value at this path, or of the nearest one around it. */
      lineOf(path: readonly PropertyKey[]): number
    }
  /** `message` quotes nothing of the text: it may be a secret. */
  | { readonly kind: 'broken'; readonly line: number; readonly message: string }

/** Deeper nesting than any file of ours has. */
const MAX_DEPTH = 32
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** `JSON.parse` names no line for most mistakes, quotes the text around them, and takes the last of two members with one name. */
export function readPlacedJson(text: string): PlacedJson {
  const reader = new Reader(text)
  const broken = reader.read()
  if (broken !== null)
    return { kind: 'broken', line: lineAt(text, broken.at), message: broken.message }
  return {
    kind: 'json',
    value: JSON.parse(text),
    lineOf: (path) => lineAt(text, nearest(reader.places, path)),
  }
}

interface Broken {
  readonly at: number
  readonly message: string
}

class Reader {
  /** Offset of each value, by its path as JSON. */
  readonly places = new Map<string, number>()
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Broken | null {
    const broken = this.#value([])
    if (broken !== null) return broken
    this.#space()
    return this.#at === this.#text.length ? null : this.#wrong('something follows the end')
  }

  #value(path: readonly PropertyKey[]): Broken | null {
    this.#space()
    this.places.set(JSON.stringify(path), this.#at)
    if (path.length > MAX_DEPTH) return this.#wrong('it is nested too deeply')
    const start = this.#text[this.#at]
    if (start === '{') return this.#object(path)
    if (start === '[') return this.#array(path)
    if (start === '"')
      return this.#string() === null
        ? this.#wrong('a string is not closed or has a bad character')
        : null
    return this.#takes(NUMBER) || this.#takes(WORD)
      ? null
      : this.#wrong('a value is missing or misspelt')
  }

  #object(path: readonly PropertyKey[]): Broken | null {
    const names = new Set<string>()
    return this.#list('}', () => {
      const at = this.#at
      const name = this.#string()
      if (name === null) return this.#wrong('a name in double quotes is missing')
      if (names.has(name)) return { at, message: 'the same name stands twice in one object' }
      names.add(name)
      this.#space()
      if (this.#text[this.#at] !== ':') return this.#wrong('a colon is missing')
      this.#at += 1
      return this.#value([...path, name])
    })
  }

  #array(path: readonly PropertyKey[]): Broken | null {
    const next = { index: 0 }
    return this.#list(']', () => this.#value([...path, next.index++]))
  }

  #list(end: '}' | ']', member: () => Broken | null): Broken | null {
    this.#at += 1
    this.#space()
    if (this.#text[this.#at] === end) return this.#past()
    for (;;) {
      this.#space()
      const broken = member()
      if (broken !== null) return broken
      this.#space()
      if (this.#text[this.#at] === end) return this.#past()
      if (this.#text[this.#at] !== ',') return this.#wrong(`a comma or a closing ${end} is missing`)
      this.#at += 1
    }
  }

  /** The string that starts here, unescaped; `null` when there is none. */
  #string(): string | null {
    if (this.#text[this.#at] !== '"') return null
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at] ?? ''
      if (character < ' ') return null
      if (character === '"') return this.#unescaped(at + 1)
      if (character === '\\') {
        ESCAPE.lastIndex = at
        if (!ESCAPE.test(this.#text)) return null
        at = ESCAPE.lastIndex - 1
      }
    }
    return null
  }

  #unescaped(end: number): string {
    const literal = this.#text.slice(this.#at, end)
    this.#at = end
    return String(JSON.parse(literal))
  }

  #takes(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #past(): null {
    this.#at += 1
    return null
  }

  #wrong(message: string): Broken {
    return { at: this.#at, message }
  }
}

function nearest(places: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number {
  const place = places.get(JSON.stringify(path))
  if (place !== undefined || path.length === 0) return place ?? 0
  return nearest(places, path.slice(0, -1))
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** JSON from outside, where anything may stand. */

/** `null` for what nests too deeply to be written. */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value ?? null)
  } catch {
    return null
  }
}

/** `undefined`, which no JSON text means, for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** JSON from outside, where anything may stand. */

/** `undefined`, which no JSON text means, for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

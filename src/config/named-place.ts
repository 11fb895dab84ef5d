/** How an error calls the place that a reference names: a secret that was written there by mistake is not repeated (R59). The line and key beside it say where to look. */

/** Names are in capitals; what is longer than this and has no `_` may be a secret in capitals. */
const SHORT = 20

/** `environment variable NAME`, or words without its name. */
export function calledVariable(name: string): string {
  return isVariableName(name) ? `environment variable ${name}` : 'the environment variable it names'
}

/** For a fix: `Set NAME`. */
export function shownVariable(name: string): string {
  return isVariableName(name) ? name : 'it'
}

/** Of a file or a program: a path that says so by its beginning, or a short name. */
export function isShownPath(text: string): boolean {
  return /^(?:~|\.{0,2})\//.test(text) || text.length <= SHORT
}

function isVariableName(name: string): boolean {
  return (
    /^[A-Z_][A-Z0-9_]{0,63}$/.test(name) && (name.length <= SHORT || name.slice(1).includes('_'))
  )
}

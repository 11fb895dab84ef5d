/** What a caught error says of itself. */

/** `ENOSPC`, `EACCES` …; `unknown error` for anything that is no system error. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return 'unknown error'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

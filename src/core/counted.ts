/** Numbers of things in words: `1 warning`, `2 warnings`. */

/** `many`: the plural where it is not `one` with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

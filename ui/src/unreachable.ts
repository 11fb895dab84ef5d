/** Makes a `switch` over a union exhaustive: adding a member is a compile error where this is called. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

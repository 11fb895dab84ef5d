/** Numbers and flags of an input that is JSON on the wire and text in a query. */
import { z } from 'zod'

/** `limit=20`, or 20. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  const text = z.string().regex(/^\d{1,15}$/)
  return z.union([z.number(), text.transform(Number)]).pipe(z.int().min(min).max(max))
}

/** `probe=true`, `probe=1`, or true. */
export const flag = z.union([
  z.boolean(),
  z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }),
])

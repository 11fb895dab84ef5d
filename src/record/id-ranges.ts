/** Many request ids in little space: how one summary line can still name thousands of requests. */

/**
 * Numbers as alternating lengths of gap and run in base 36: 5, 6, 7 and 10 are `5,3,2,1` (skip five,
 * take three, skip two, take one). Ids of one process are counted up, so runs are long.
 */
export function encodeRanges(numbers: readonly number[]): string {
  const lengths: number[] = []
  const state = { next: 0, run: 0 }
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    if (number !== state.next || state.run === 0) {
      if (state.run > 0) lengths.push(state.run)
      lengths.push(number - state.next)
      state.run = 0
    }
    state.run += 1
    state.next = number + 1
  }
  if (state.run > 0) lengths.push(state.run)
  return lengths.map((length) => length.toString(36)).join(',')
}

export function rangesContain(ranges: string, number: number): boolean {
  const state = { at: 0, taken: false }
  for (const length of ranges.split(',')) {
    const end = state.at + Number.parseInt(length, 36)
    if (state.taken && number >= state.at && number < end) return true
    state.at = end
    state.taken = !state.taken
  }
  return false
}

/** A request id taken apart: `<prefix>-<counter base 36>`; `null` for any other form. */
export function parseRequestId(
  id: string,
): { readonly prefix: string; readonly number: number } | null {
  const dash = id.lastIndexOf('-')
  const number = Number.parseInt(id.slice(dash + 1), 36)
  if (dash < 1 || !Number.isSafeInteger(number)) return null
  return number.toString(36) === id.slice(dash + 1) ? { prefix: id.slice(0, dash), number } : null
}

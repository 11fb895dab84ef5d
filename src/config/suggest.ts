/** The known name nearest to a mistyped one. */

/** No name of ours is longer; what is may be a whole page. */
const MAX_LENGTH = 60

/** `null` when none is near enough to be what was meant: at most every third letter is wrong. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  if (typed.length > MAX_LENGTH) return null
  const ranked = known
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  const limit = Math.floor(typed.length / 3)
  return best !== undefined && best.distance <= limit ? best.name : null
}

/** Edits between two words, where swapping two neighbours is one (Damerau, optimal string alignment). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Infinity
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (const [i, left] of a.split('').entries()) {
    const above = rows[i] ?? []
    const row = [i + 1]
    for (const [j, right] of b.split('').entries()) {
      const replaced = (above[j] ?? 0) + (left === right ? 0 : 1)
      const swapped =
        i > 0 && j > 0 && left === b[j - 1] && a[i - 1] === right
          ? (rows[i - 1]?.[j - 1] ?? 0) + 1
          : Infinity
      row.push(Math.min((above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, replaced, swapped))
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? Infinity
}

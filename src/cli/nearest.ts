/** The known word that a mistyped one most likely means. */

/** At most this many wrong letters, and at most a third of the word. */
const MAX_DISTANCE = 3

/** `null` when nothing is near enough to be a suggestion. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 40) return null
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceBetween(word, candidate) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.min(MAX_DISTANCE, Math.ceil(candidate.length / 3)),
    )
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? null
}

/** Levenshtein's, row by row. */
function distanceBetween(from: string, to: string): number {
  const first = Array.from({ length: to.length + 1 }, (_, index) => index)
  const last = Array.from(from).reduce((above, letter, row) => {
    const next = [row + 1]
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    return next
  }, first)
  return last.at(-1) ?? 0
}

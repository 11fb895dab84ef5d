/** Cuts an answer into messages that a network takes: between paragraphs where it can, never within a character. */

/** `limit`: UTF-16 units of one message. Together the pieces are the text, but for blanks where it was cut. */
export function splitText(text: string, limit: number): readonly string[] {
  const pieces: string[] = []
  let rest = text.trim()
  while (rest.length > limit) {
    const at = cutAt(rest, limit)
    pieces.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  if (rest !== '') pieces.push(rest)
  return pieces
}

/** The last paragraph, line or word that ends in the second half of what fits; else the last whole character. */
function cutAt(text: string, limit: number): number {
  for (const border of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(border, limit - border.length)
    if (at > limit / 2) return at + border.length
  }
  // One unit more than the next character's first: half of it joins nothing, and the whole of it may.
  const parts = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    text.slice(0, limit + 2),
  )
  // Only from the last one that begins within the limit; one that is longer than a message is cut where it must.
  const last = parts.containing(limit)
  return last === undefined || last.index === 0 ? wholeUnit(text, limit) : last.index
}

function wholeUnit(text: string, limit: number): number {
  const code = text.charCodeAt(limit - 1)
  return code >= 0xd800 && code <= 0xdbff && limit > 1 ? limit - 1 : limit
}

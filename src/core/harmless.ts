/** What a stranger chose, made safe to show to somebody who decides by it: on the page and in a chat. HTML is no matter here: it is rendered as text. */

/** A name longer than this says nothing more; in code points. */
const LONGEST = 48
/** Ends of lines and other controls (Unicode categories Cc and Z), and spaces of any width. */
const BREAKS = /[\p{Cc}\p{Z}]+/gu
/** Directions, joiners and all else that is there and not seen (UAX 9, UTS 39), and what stands for nothing. An emoji keeps its colours. */
const UNSEEN = /(?:(?!\uFE0F)[\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{DI}\u2800])+/gu
/** Marks piled up until they cover the lines around. */
const PILED = /(\p{M}{3})\p{M}+/gu

/** One line in its own order; `''` where nothing is left to see. */
export function harmless(text: string, longest = LONGEST): string {
  const plain = text
    .replaceAll(BREAKS, ' ')
    .replaceAll(UNSEEN, '\uFFFD')
    .replaceAll(PILED, '$1')
    .trim()
  if (/^[\uFFFD\s]*$/u.test(plain)) return ''
  const points = Array.from(plain)
  return points.length <= longest ? plain : `${points.slice(0, longest - 1).join('')}…`
}

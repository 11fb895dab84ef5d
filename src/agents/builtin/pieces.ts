/** Cuts an answer into pieces, so that it arrives as a model's would: some at a time. */

const MIN_PIECE = 16
/** Each piece is announced with all the text before it, so their number bounds what an answer costs. */
const MAX_PIECES = 24

/** Together they are `text`; cut after white space where there is some, never within a character. */
export function piecesOf(text: string): readonly string[] {
  const size = Math.max(MIN_PIECE, Math.ceil(text.length / MAX_PIECES))
  const pattern = new RegExp(
    `[\\s\\S]{1,${size}}(?<![\\ud800-\\udbff])(?:[^\\s]{0,16}\\s+|$)?`,
    'g',
  )
  return text.toWellFormed().match(pattern) ?? []
}

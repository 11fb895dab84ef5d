/** A page of `docs/`: what it tells people to type, and the files that it shows, in its order. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** A line of an `sh` block (`\` at its end goes on in the next), or another block whole. */
export type Piece =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'block'; readonly language: string; readonly text: string }

/** `page`: from the root of the repository. Rejects blocks that do not end, and such without a language. */
export function piecesOf(page: string): readonly Piece[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const blocks = [...text.matchAll(/^( *)```(\S*)\n([^]*?)^\1```$/gm)]
  if (blocks.length * 2 !== (text.match(/^ *```/gm) ?? []).length)
    throw new Error(
      `${page}: a code block does not end, or begins otherwise than with its language`,
    )
  return blocks.flatMap(([, indent = '', language = '', body = '']): readonly Piece[] => {
    const inside = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    if (language === 'sh') return linesOf(inside)
    return [{ kind: 'block', language, text: inside }]
  })
}

function linesOf(text: string): readonly Piece[] {
  const lines = text.trimEnd().split(/(?<!\\)\n/)
  return lines.map((line) => ({ kind: 'line', text: line.replaceAll(/\\\n */g, '') }))
}

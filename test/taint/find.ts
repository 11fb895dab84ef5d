/** Finds secrets in bytes, however they are spelt there. */
import type { Taint } from './secrets.ts'

/** Of this many characters each: a piece of a secret is a leak as well. */
const PIECE = 12

export interface Finder {
  /** Names of the secrets that stand in it, whole or in part. */
  readonly find: (text: string) => readonly string[]
}

/**
 * Looks for the first and the last {@link PIECE} characters of each core, in whatever case, across line breaks, their
 * escapes, quotes and the lines of a table; the same in hexadecimal and percent-encoded; and for what the core gives in
 * base64 at each of its three alignments. What a core is made of looks the same in JSON, in an address and in HTML.
 */
export function finderOf(taints: readonly Taint[]): Finder {
  const anyCase = index(taints, (core) => {
    const ends = [core.slice(0, PIECE), core.slice(-PIECE)].map((piece) => piece.toLowerCase())
    return ends.flatMap((piece) => [piece, ...hexPieces(piece)])
  })
  const exact = index(taints, base64Pieces)
  return {
    find: (text) => {
      const together = text.replaceAll(/\\+[nrt]|[\s"'\\│|%]/g, '')
      return [...new Set([...anyCase(together.toLowerCase()), ...exact(together)])]
    },
  }
}

/** `%` is taken out of the text before, so this is percent-encoding too. */
function hexPieces(piece: string): readonly string[] {
  const hex = Buffer.from(piece).toString('hex')
  return [hex.slice(0, PIECE), hex.slice(-PIECE)]
}

/** Of three alignments the characters that the neighbours have no part in; base64url is the same for letters and digits. */
function base64Pieces(core: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from('.'.repeat(before) + core).toString('base64url')
    const own = encoded.slice(before === 0 ? 0 : before + 1, -3)
    const ends = [own.slice(0, PIECE), own.slice(-PIECE)]
    return [...ends, ...ends.map((end) => end.replaceAll('-', '+').replaceAll('_', '/'))]
  })
}

type Spelt = (core: string) => readonly string[]

/** One pass over the text for all pieces: they are of one length, and few begin like any place in it. */
function index(taints: readonly Taint[], spelt: Spelt): (text: string) => readonly string[] {
  const names = new Map<string, string>()
  for (const { name, core } of taints) for (const piece of spelt(core)) names.set(piece, name)
  const begins = new Uint8Array(0x1_0000)
  const pair = (text: string, at: number): number =>
    ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff)
  for (const piece of names.keys()) {
    if (piece.length !== PIECE) throw new Error(`a piece of ${piece.length} characters`)
    begins[pair(piece, 0)] = 1
  }
  return (text) => {
    const found: string[] = []
    for (let at = 0; at <= text.length - PIECE; at += 1) {
      if (begins[pair(text, at)] !== 1) continue
      const name = names.get(text.slice(at, at + PIECE))
      if (name !== undefined) found.push(name)
    }
    return found
  }
}

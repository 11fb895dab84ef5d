/** The codes that strangers are told: short enough to read out, without characters that look like another. */
import { randomInt } from 'node:crypto'

/** No I, L, O, 0 and 1. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const LENGTH = 6

/** One that is not `taken`. 31⁶ are 887 million: with the few that wait at a time, a second try is rare. */
export function newCode(taken: (code: string) => boolean): string {
  for (;;) {
    const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
    if (!taken(code)) return code
  }
}

/** As it is compared: people type it in lower case and with blanks around. */
export function readCode(text: string): string {
  return text.trim().toUpperCase()
}

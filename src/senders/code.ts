/** The codes that strangers are told, short enough to read out, and those of invitations; without characters that look like another. */
import { randomInt } from 'node:crypto'

/** No I, L, O, 0 and 1. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const LENGTH = 6
/** 31¹⁶ are 79 bits (SPEC 14.6: at least 60). */
const INVITATION_LENGTH = 16
const INVITATION = new RegExp(`^[${ALPHABET}]{${INVITATION_LENGTH}}$`)
/** With all blanks and dashes that anybody may type; what is longer is no code, and not looked through. */
const LONGEST = 64

/** One that is not `taken`. 31⁶ are 887 million: with the few that wait at a time, a second try is rare. */
export function newCode(taken: (code: string) => boolean): string {
  for (;;) {
    const code = randomCode(LENGTH)
    if (!taken(code)) return code
  }
}

/** As it is compared: people type it in lower case and with blanks around. */
export function readCode(text: string): string {
  return text.trim().toUpperCase()
}

/** Of an invitation, as {@link readInvitationCode} returns it. */
export function newInvitationCode(): string {
  return randomCode(INVITATION_LENGTH)
}

/** `ABCD-EFGH-JKMN-PQRS`: as it is shown, once. */
export function spelledOut(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code
}

/** The code that a message is, whatever its case, blanks and dashes (telephones make long ones); `null` for every other text. */
export function readInvitationCode(text: string): string | null {
  if (text.length > LONGEST) return null
  const bare = text.replaceAll(/[\s\p{Dash}]/gu, '').toUpperCase()
  return INVITATION.test(bare) ? bare : null
}

function randomCode(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Random ids and tokens, and how a long id is told to people. */
import { randomBytes } from 'node:crypto'

/** A 32-byte token as 64 hex characters: what `openssl rand -hex 32` prints. */
export function newToken(): string {
  return randomBytes(32).toString('hex')
}

/** `bytes` random bytes as base64url without padding. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/**
 * Ids for the requests of one process: a random prefix and a counter, so that making one costs
 * nothing on the way of a request, and two processes never make the same.
 */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex')
  const counter = { next: 0 }
  return () => `${prefix}-${(counter.next++).toString(36)}`
}

/** A device is named by 64 hex characters, which nobody can tell from a secret: so many of them name it in the record. */
const SHORT_ID = 12

/** How the record and the command line name a device; commands take any beginning of its id that is the only one. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID)
}

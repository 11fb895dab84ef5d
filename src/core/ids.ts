/** Random ids and tokens. */
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

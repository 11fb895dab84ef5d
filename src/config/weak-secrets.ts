/** Secrets that somebody could guess: too short, left as an example, or forgotten (SPEC 2.2). */
import { counted } from '../core/counted.ts'
import { UNGUESSABLE_LENGTH, type Secret } from '../core/secret.ts'

const MIN_PASSWORD_LENGTH = 12

/** Examples that guides print, and what stands where a value was forgotten. Lower-case. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'undefined',
  'null',
  'none',
  'changeme',
  'change-me',
  'password',
  'secret',
  'token',
  'your-secure-token-here',
  'your-secure-password',
  'your-password',
  'your-secret-token',
  'your-secure-random-token-here',
  'your-token',
  'sk-ant-...',
  'sk-proj-...',
  'sk-ant-your-key-here',
  'sk-your-key-here',
  'sk-prod-abcdefghijklmnopqrstuvwxyz1234567890',
  'sk-dev-abcdefghijklmnopqrstuvwxyz0987654321',
  'a3f8c2e1d94b7a6f...',
  'a3f8c2e1d94b7a6f2e0c8b3d5a1f9e4c2b7d0a8e6f3c1d9b4a7e2f0c5b8d3a6',
])

/** `null` when the secret is strong enough; else in words why it is not. */
export function weakness(secret: Secret, kind: 'token' | 'password' | 'api-key'): string | null {
  if (isPlaceholder(secret)) return 'is a placeholder that anyone can look up'
  const least = kind === 'password' ? MIN_PASSWORD_LENGTH : UNGUESSABLE_LENGTH
  if (secret.length < least)
    return `has ${counted(secret.length, 'character')}; at least ${least} are needed`
  return kind === 'api-key' && !secret.startsWith('sk-')
    ? 'does not begin with sk-, so nobody is ever let in with it'
    : null
}

/** Everybody can look it up. */
export function isPlaceholder(secret: Secret): boolean {
  const text = secret.reveal().trim().toLowerCase()
  return PLACEHOLDERS.has(text) || text.startsWith('${')
}

/** Tokens, their clients and a brown-out, in memory: for tests of a rotation. */
import type { Brownout } from '../access/brownout.ts'
import { SecretUsage, type SecretUse } from '../access/usage.ts'
import type { Secret } from '../core/secret.ts'
import type { CreatedCredential } from './token-promote.ts'
import type { TokenConnection, TokenSettings, TokenSlots, TokenSource } from './token-rotation.ts'

export const HOUR = 3_600_000
export const NOW = 10 * HOUR
export const OLD = 'sha256:aaaaaaaa'
export const NEW = 'sha256:bbbbbbbb'
export const DEVICE = 'd0'.repeat(32)
export const FILE: TokenSource = { kind: 'config', file: 'openclaw.json' }
export const VARIABLE: TokenSource = {
  kind: 'elsewhere',
  name: 'environment variable OPENCLAW_GATEWAY_TOKEN',
}
export const fingerprint = (secret: Secret) => `sha256:${secret.digest().slice(0, 8)}`

export const ONE: TokenSlots = {
  mode: 'token',
  primary: { fingerprint: OLD, source: FILE },
  secondary: null,
}
export const BOTH: TokenSlots = { ...ONE, secondary: { fingerprint: NEW, source: FILE } }
export const FROM_ENVIRONMENT: TokenSlots = {
  ...BOTH,
  primary: { fingerprint: OLD, source: VARIABLE },
}
export const PASSWORD: TokenSlots = { mode: 'password', primary: null, secondary: null }

/** A config file in memory. `racing`: somebody else's edit lands between the look and the write. */
export function settingsOf(
  slots: TokenSlots,
  racing = false,
): TokenSettings & { readonly writes: (Secret | string)[] } {
  const writes: (Secret | string)[] = []
  return {
    writes,
    slots: () => slots,
    async addSecondary(token) {
      if (racing) return 'exists'
      writes.push(token)
      return 'written'
    },
    async promoteSecondary(which) {
      if (racing) return 'changed'
      writes.push(which)
      return 'promoted'
    },
    async dropSecondary(which) {
      if (racing) return 'changed'
      writes.push(`dropped ${which}`)
      return 'dropped'
    },
  }
}

export function client(address: string, of: string, name = 'agent/1') {
  return { fingerprint: of, address, principal: 'shared:token', client: name, device: '' }
}

export function used(
  ...uses: readonly [user: ReturnType<typeof client>, at: number][]
): SecretUsage {
  const usage = new SecretUsage()
  for (const [user, at] of uses) usage.saw(user, at)
  return usage
}

export const connectionsOf = (...open: TokenConnection[]) => ({ open: () => open })
export const createdOf = (...created: CreatedCredential[]) => ({ createdWith: async () => created })

/** One in memory. */
export function brownoutOf(one: Brownout | null = null, turnedAway: SecretUse[] = []) {
  const now = { one }
  return {
    now,
    current: () => now.one,
    turnedAway: () => turnedAway,
    set: async (next: Brownout | null) => void (now.one = next),
  }
}

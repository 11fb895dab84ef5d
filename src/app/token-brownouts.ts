/** A brown-out joined to the running parts: on disk first, then in force, then what the token had opened is closed. */
import type { LiveSecret } from '../access/types.ts'
import { systemClock } from '../core/clock.ts'
import type { TokenBrownouts } from '../operations/token-brownout.ts'
import type { TokenSession } from '../operations/token-status.ts'
import { saveBrownout } from '../storage/brownout.ts'
import type { State } from './state.ts'

export function tokenBrownouts(
  { brownout, turnedAway, meta }: Pick<State, 'brownout' | 'turnedAway' | 'meta'>,
  judgeAll: () => void,
): TokenBrownouts {
  return {
    current: () => brownout.current(systemClock()),
    turnedAway: () => turnedAway.list(),
    async set(next) {
      if (next === null && brownout.current(systemClock()) === null) return
      await saveBrownout(meta, next)
      brownout.set(next)
      if (next !== null) judgeAll()
    },
  }
}

export function tokenSessions(
  wanted: string,
  secrets: readonly LiveSecret[],
  { fingerprints, sessions }: Pick<State, 'fingerprints' | 'sessions'>,
): readonly TokenSession[] {
  return secrets
    .filter(({ secret }) => fingerprints.own(secret) === wanted)
    .flatMap(({ secret }) => sessions.listMadeBy(secret.digest()))
    .map(({ principal, createdAt, lastSeenAt }) => ({
      principal: `${principal.kind}:${principal.id}`,
      createdAt,
      lastSeenAt,
    }))
}

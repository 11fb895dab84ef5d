/** What a secret opened ends with it, and stays so should the secret ever come back (R15). */
import type { LiveSecret } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import type { State } from './state.ts'

export interface Opened {
  readonly links: Pick<State['links'], 'endMadeBy'>
  readonly sessions: Pick<State['sessions'], 'endMadeBy'>
  readonly log: Pick<State['log'], 'failure'>
  readonly clock: Clock
}

/** `before` and `after`: the live secrets round a reload. Never rejects: the decision core refuses what could not be removed. */
export async function endWithout(
  before: readonly LiveSecret[],
  after: readonly LiveSecret[],
  opened: Opened,
): Promise<void> {
  const valid = new Set(after.map(({ secret }) => secret.digest()))
  for (const { secret } of before) {
    const digest = secret.digest()
    if (valid.has(digest)) continue
    opened.links.endMadeBy(digest)
    await opened.sessions
      .endMadeBy(digest, opened.clock())
      .catch((error: unknown) =>
        opened.log.failure('the web sessions of a secret that is gone could not be removed', error),
      )
  }
}

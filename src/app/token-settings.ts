/** Token rotation on the config file: written under its lock, and in force before the caller is answered (SPEC 2.9). */
import { editConfig, type Plan } from '../config/edit.ts'
import type { LoadRequest } from '../config/gather.ts'
import { valueAt } from '../config/key-path.ts'
import { problemText } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { Secret } from '../core/secret.ts'
import { Refusal } from '../operations/types.ts'
import type { TokenSettings } from '../operations/token-rotation.ts'
import { tokenSlot, type Current } from './ports.ts'
import type { State } from './state.ts'

export interface TokenSettingsParts {
  readonly request: LoadRequest
  readonly current: () => Current
  readonly state: Pick<State, 'fingerprints' | 'links' | 'sessions'> & {
    readonly log: Pick<State['log'], 'failure'>
  }
  readonly clock: Clock
  /** Takes over what the file now says; resolves when the gateway judges by it. */
  readonly reload: () => Promise<void>
  /** Why the file is not what the gateway judges by; `null` when it is. */
  readonly problem: () => string | null
}

const PRIMARY = ['gateway', 'auth', 'token'] as const
const SECONDARY = ['gateway', 'auth', 'tokenSecondary'] as const

export function tokenSettings({
  request,
  current,
  state,
  clock,
  reload,
  problem,
}: TokenSettingsParts): TokenSettings {
  const { fingerprints } = state
  /** A file that is not in force must not be edited as if it were: the old token would live on behind a "done". */
  const inForce = async (otherwise: string): Promise<void> => {
    await reload()
    const why = problem()
    if (why !== null) throw new Refusal('conflict', `${otherwise}: ${why}`)
  }
  const write = async (plan: Plan): Promise<boolean> => {
    await inForce('nothing was changed, since the configuration file is not in force')
    const edited = await editConfig(request, plan)
    if (edited.kind === 'refused')
      throw new Refusal('invalid_input', edited.problems.map(problemText).join('; '))
    await inForce('the configuration file was changed, but the gateway does not take it over')
    return edited.changed
  }
  return {
    slots: () => ({
      mode: current().mode,
      primary: tokenSlot(current(), 'token', fingerprints),
      secondary: tokenSlot(current(), 'tokenSecondary', fingerprints),
    }),
    async addSecondary(token) {
      const changed = await write((tree) =>
        valueAt(tree, SECONDARY) === undefined
          ? [{ kind: 'set', path: SECONDARY, value: token.reveal() }]
          : [],
      )
      return changed ? 'written' : 'exists'
    },
    async promoteSecondary(fingerprint) {
      // What is in the file is what is promoted, `${VAR}` unexpanded; whether it is still the same secret, the live one says.
      const { token: old, tokenSecondary: live } = current().loaded.config.gateway.auth
      if (live === undefined || fingerprints.own(live) !== fingerprint) return 'changed'
      const changed = await write((tree) => {
        const value = valueAt(tree, SECONDARY)
        if (value === undefined) return []
        return [
          { kind: 'set', path: PRIMARY, value },
          { kind: 'unset', path: SECONDARY },
        ]
      })
      if (!changed) return 'changed'
      // No request is let in by them any more; ended, they stay so should the old token ever come back.
      if (old !== undefined && !old.equals(live)) await endMadeBy(old, state, clock())
      return 'promoted'
    },
  }
}

/** Ended in memory at once; where the disk does not take it, the log says so. */
async function endMadeBy(
  token: Secret,
  { links, sessions, log }: TokenSettingsParts['state'],
  now: number,
): Promise<void> {
  links.endMadeBy(token.digest())
  await sessions
    .endMadeBy(token.digest(), now)
    .catch((error: unknown) =>
      log.failure('the web sessions that the old token opened could not be removed', error),
    )
}

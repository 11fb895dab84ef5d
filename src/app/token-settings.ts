/** Token rotation on the config file: written under its lock, and in force before the caller is answered (SPEC 2.9). */
import { editConfig, type Plan } from '../config/edit.ts'
import type { LoadRequest } from '../config/gather.ts'
import { valueAt } from '../config/key-path.ts'
import { problemText } from '../config/problem.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import { Refusal } from '../operations/types.ts'
import type { TokenSettings } from '../operations/token-rotation.ts'
import { tokenSlot, type Current } from './ports.ts'

export interface TokenSettingsParts {
  readonly request: LoadRequest
  readonly current: () => Current
  readonly fingerprints: Fingerprints
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
  fingerprints,
  reload,
  problem,
}: TokenSettingsParts): TokenSettings {
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
  /** Asked under the lock, right after the file was taken over. */
  const isLive = (fingerprint: string): boolean => {
    const { tokenSecondary: live } = current().loaded.config.gateway.auth
    return live !== undefined && fingerprints.own(live) === fingerprint
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
      const changed = await write((tree) => {
        const value = valueAt(tree, SECONDARY)
        if (value === undefined || !isLive(fingerprint)) return []
        return [
          { kind: 'set', path: PRIMARY, value },
          { kind: 'unset', path: SECONDARY },
        ]
      })
      return changed ? 'promoted' : 'changed'
    },
    async dropSecondary(fingerprint) {
      const changed = await write((tree) =>
        valueAt(tree, SECONDARY) === undefined || !isLive(fingerprint)
          ? []
          : [{ kind: 'unset', path: SECONDARY }],
      )
      return changed ? 'dropped' : 'changed'
    },
  }
}

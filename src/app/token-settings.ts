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
}

const PRIMARY = ['gateway', 'auth', 'token'] as const
const SECONDARY = ['gateway', 'auth', 'tokenSecondary'] as const

export function tokenSettings({
  request,
  current,
  fingerprints,
  reload,
}: TokenSettingsParts): TokenSettings {
  const write = async (plan: Plan): Promise<boolean> => {
    const edited = await editConfig(request, plan)
    if (edited.kind === 'refused')
      throw new Refusal('invalid_input', edited.problems.map(problemText).join('; '))
    await reload()
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
      const live = current().loaded.config.gateway.auth.tokenSecondary
      if (live === undefined || fingerprints.own(live) !== fingerprint) return 'changed'
      const changed = await write((tree) => {
        const value = valueAt(tree, SECONDARY)
        if (value === undefined) return []
        return [
          { kind: 'set', path: PRIMARY, value },
          { kind: 'unset', path: SECONDARY },
        ]
      })
      return changed ? 'promoted' : 'changed'
    },
  }
}

/** The first start: a folder of its own, and a token nobody had to think of (SPEC 1). */
import { newToken } from '../core/ids.ts'
import type { Change } from './apply-changes.ts'
import { editConfig } from './edit.ts'
import type { LoadRequest, Refused } from './gather.ts'
import { valueAt } from './key-path.ts'
import { load, type Loaded } from './load.ts'
import { startRules, type StartRules } from './start-rules.ts'
import type { ClassedSecret } from './trust-classes.ts'

export interface Ready {
  readonly kind: 'ready'
  readonly loaded: Loaded
  /** Its problems are still to be asked for. */
  readonly rules: StartRules
  /** A token was made and written to `loaded.location.file`. */
  readonly generated: boolean
}

/** Loads the configuration and, where the rules ask for one, makes the token first. */
export async function firstStart(
  request: LoadRequest,
  others: readonly ClassedSecret[] = [],
): Promise<Ready | Refused> {
  const loaded = await load(request)
  if (loaded.kind === 'refused') return loaded
  const rules = startRules(loaded.config, others)
  if (!rules.generateToken || rules.problems.length > 0)
    return { kind: 'ready', loaded, rules, generated: false }

  const edited = await editConfig(request, (tree) => {
    // Somebody else may have been first.
    if (
      valueAt(tree, ['gateway', 'auth', 'token']) !== undefined ||
      valueAt(tree, ['gateway', 'token']) !== undefined
    )
      return []
    return newTokenIn(loaded)
  })
  if (edited.kind === 'refused') return edited
  const again = await load(request)
  if (again.kind === 'refused') return again
  return {
    kind: 'ready',
    loaded: again,
    rules: startRules(again.config, others),
    generated: edited.changed,
  }
}

/** A token of 256 bits, and the mode that accepts it where none is said. */
export function newTokenIn({ config }: Pick<Loaded, 'config'>): readonly Change[] {
  const token: Change = { kind: 'set', path: ['gateway', 'auth', 'token'], value: newToken() }
  const mode: Change = { kind: 'set', path: ['gateway', 'auth', 'mode'], value: 'token' }
  return config.gateway.auth.mode === undefined ? [mode, token] : [token]
}

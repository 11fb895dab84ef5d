/** A change that waits to be undone unless somebody confirms it (SPEC 14.5): what `openclaw recover` has to make of it. */
import { lstat } from 'node:fs/promises'
import { load } from '../config/load.ts'
import {
  pendingFileOf,
  readPending,
  standing,
  textBefore,
  type PendingChange,
} from '../config/pending-change.ts'
import { problemText } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { shortName } from './known-places.ts'
import type { Place, Step } from './types.ts'
import { configLocation, placeWithText } from './write-config.ts'

/** `file`: the configuration that it is beside. */
export type ChangeState =
  | { readonly kind: 'none' }
  /** Nothing can be undone by it: `why` names it. */
  | { readonly kind: 'unusable'; readonly file: string; readonly why: string }
  | ({ readonly kind: 'by-hand' | 'never-made' | 'due' | 'waits' } & Kept)
  /** A start would refuse the text that would be put back, and does not refuse this one for the same. */
  | ({ readonly kind: 'no-way-back'; readonly why: string } & Kept)
  /** `why` has to be repaired, and that may change the configuration. */
  | ({ readonly kind: 'cannot-wait'; readonly why: string } & Kept)

interface Kept {
  readonly file: string
  readonly pending: PendingChange
}

/** The longest that a change may wait: whatever waits longer was made by a clock that was wrong. */
const DAY_MS = 86_400_000

/**
 * Reads, and decides by the rules of a start (`app/config-trial-start.ts`). `editors`: the steps that may change the
 * configuration. What they take away must not come back with the text of before, so no change waits while they repair.
 */
export async function changeState(place: Place, editors: readonly Step[]): Promise<ChangeState> {
  const location = configLocation(place)
  if (location === null) return { kind: 'none' }
  const { file } = location
  const path = pendingFileOf(file)
  const entry = await lstat(path).catch(() => null)
  const short = shortName(place, path)
  // Ours never is one, and what it leads to is somebody else's.
  if (entry?.isSymbolicLink() === true)
    return { kind: 'unusable', file, why: `${short} is a symbolic link` }
  const { host } = place.request
  const found = await readPending(host, file)
  if (found.kind === 'none') return found
  if (found.kind === 'unusable')
    return { kind: 'unusable', file, why: found.why.replace(path, short) }
  const { pending } = found
  const kept = { file, pending }
  const now = standing(pending, await host.read(file))
  if (now === 'before') return { kind: 'never-made', ...kept }
  if (now === 'by-hand') return { kind: 'by-hand', ...kept }
  const wrong = await problemsOf(place)
  const then = await problemsOf(placeWithText(place, file, textBefore(pending)))
  // What is wrong with both is not the text's: the other steps mend it.
  const noWayBack = then.find((problem) => !wrong.includes(problem))
  if (noWayBack !== undefined) return { kind: 'no-way-back', why: noWayBack, ...kept }
  const left = pending.undoAt - place.clock()
  if (left <= 0 || left > DAY_MS) return { kind: 'due', ...kept }
  const why = await firstToRepair(place, editors)
  return why === null ? { kind: 'waits', ...kept } : { kind: 'cannot-wait', why, ...kept }
}

/** Why a start would refuse it, without the places: of a text that stands nowhere they would name the wrong lines. */
async function problemsOf({ request, sharedWithKeys }: Place): Promise<readonly string[]> {
  const loaded = await load(request)
  const problems =
    loaded.kind === 'refused'
      ? loaded.problems
      : startRules(loaded.config, await sharedWithKeys(loaded.config)).problems
  return problems.map((problem) =>
    problemText({ ...problem, where: null, fix: '' }).replace(/\.\s*$/, ''),
  )
}

async function firstToRepair(place: Place, steps: readonly Step[]): Promise<string | null> {
  for (const step of steps) {
    const faults = await step.examine(place)
    const found = faults.find(({ kind }) => kind === 'repairable')
    if (found !== undefined) return found.what
  }
  return null
}

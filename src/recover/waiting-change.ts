/** A change that waits to be undone: ended as a start would end it, or moved aside where nothing can be undone by it. */
import { pendingFileOf, textBefore, undoPending } from '../config/pending-change.ts'
import { harmless } from '../core/harmless.ts'
import { unreachable } from '../core/never.ts'
import { changeState, type ChangeState } from './change-state.ts'
import type { Fault, Place, Step } from './types.ts'
import { placeWithText } from './write-config.ts'

type Waiting = Exclude<ChangeState, { kind: 'none' | 'unusable' }>

/** `editors`: the steps after it that may change the configuration. */
export function waitingChange(editors: readonly Step[]): Step {
  return {
    name: 'change',
    examine: async (place) => faultsOf(place, await changeState(place, editors)),
  }
}

/** The place as it is once {@link waitingChange} has undone what is to be undone. */
export function onceUndone(editors: readonly Step[]): (place: Place) => Promise<Place> {
  return async (place) => {
    const state = await changeState(place, editors)
    return state.kind === 'due' || state.kind === 'cannot-wait'
      ? placeWithText(place, state.file, textBefore(state.pending))
      : place
  }
}

/** Once the settings are mended: by what they were mended over nothing can be undone any more. */
export const overtakenChange: Step = {
  name: 'change',
  examine: async (place) =>
    faultsOf(place, await changeState(place, [])).filter(({ kind }) => kind === 'repairable'),
}

/** A gateway that runs ends it itself: only what it could not use, or has not done in time, is wrong. */
export const changeWhileItRuns: Step = {
  name: 'change',
  async examine(place) {
    const state = await changeState(place, [])
    if (state.kind === 'by-hand' || state.kind === 'never-made') return []
    const late = state.kind === 'due' && place.clock() - state.pending.undoAt > UNDOES_WITHIN_MS
    return state.kind === 'due' && !late ? [waits(state)] : faultsOf(place, state)
  },
}

const UNDOES_WITHIN_MS = 10_000

function faultsOf(place: Place, state: ChangeState): readonly Fault[] {
  switch (state.kind) {
    case 'none':
      return []
    case 'waits':
      return [waits(state)]
    case 'due':
      return [
        toUndo(
          place,
          state,
          `${inWords(state)}, that nobody confirmed until ${dateOf(state.pending.undoAt)}`,
        ),
      ]
    case 'cannot-wait':
      return [
        toUndo(place, state, `${waitsUntil(state)}, and this cannot wait for it: ${state.why}`),
      ]
    case 'unusable':
      return [
        movedAside(place, state.file, {
          what: state.why,
          remedy: `moved aside; ${STAYS}`,
          next: 'Is the configuration as you want it? If a change of it waited to be undone, it is not',
        }),
      ]
    case 'never-made':
      return [
        movedAside(place, state.file, {
          what: `${inWords(state)}, never reached the configuration`,
          remedy: 'moved aside: there is nothing to undo',
          next: null,
        }),
      ]
    case 'by-hand':
      return [
        movedAside(place, state.file, {
          what: `${waitsUntil(state)}, and the configuration was changed since`,
          remedy: `moved aside; ${STAYS}`,
          next: IS_IT_RIGHT,
        }),
      ]
    case 'no-way-back':
      return [
        movedAside(place, state.file, {
          what: `${waitsUntil(state)}; a start would refuse the text of before: ${state.why}`,
          remedy: `moved aside; ${STAYS}`,
          next: IS_IT_RIGHT,
        }),
      ]
    default:
      return unreachable(state)
  }
}

const STAYS = 'nothing is undone, and the configuration stays as it is'
const IS_IT_RIGHT =
  'Is the change as you want it? The text of before is in what was moved aside, secrets and all'

function waits(state: Waiting): Fault {
  const next = 'The gateway undoes it then, unless `openclaw config confirm` keeps it'
  return { kind: 'hint', what: waitsUntil(state), next }
}

/** Keys and who, never a value. What stood in the file is shown as a stranger's. */
function inWords({ pending: { keys, by, since } }: Waiting): string {
  return `a change of ${harmless(keys.join(', '), 200)} by ${harmless(by)}, made ${dateOf(since)}`
}

function waitsUntil(state: Waiting): string {
  return `${inWords(state)}, waits until ${dateOf(state.pending.undoAt)} to be undone`
}

function dateOf(at: number): string {
  return new Date(at).toISOString()
}

function toUndo(place: Place, { file, pending }: Waiting, what: string): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'undone: the configuration is what it was before',
    next: 'To make it after all, make it again',
    async repair() {
      await place.aside.copy(file)
      await place.aside.copy(pendingFileOf(file))
      const how = await undoPending(place.request.host, file, pending)
      if (how.kind === 'failed') throw new Error(how.why)
      return how.kind === 'undone' ? null : 'it was changed meanwhile, and stays'
    },
  }
}

function movedAside(
  place: Place,
  file: string,
  words: { readonly what: string; readonly remedy: string; readonly next: string | null },
): Fault {
  return {
    kind: 'repairable',
    ...words,
    async repair() {
      await place.aside.move(pendingFileOf(file))
      return null
    },
  }
}

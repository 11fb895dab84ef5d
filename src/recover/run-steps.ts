/** Goes through the steps: each examines, repairs, and examines again until nothing is left that it can mend. */
import { messageOf } from '../core/errors.ts'
import type { NoteEntry } from '../record/types.ts'
import { keepNote, RECOVERER } from './notes.ts'
import type { Fault, Place, Step, Told } from './types.ts'

export interface Run {
  readonly place: Place
  /** `examine`: nothing is changed. */
  readonly mode: 'examine' | 'repair'
  readonly tell: (told: Told) => void
}

export interface Tally {
  /** Repaired, or in mode `examine` what would be. */
  readonly repairs: number
  /** Wrong, and still so. */
  readonly left: number
}

type Repairable = Extract<Fault, { kind: 'repairable' }>

/** One repair may bring to light what the fault before it hid. */
const MOST_ROUNDS = 12

export async function runSteps(steps: readonly Step[], run: Run): Promise<Tally> {
  const tally = { repairs: 0, left: 0 }
  for (const step of steps) {
    const { repairs, left } = await new StepRun(step, run).toTheEnd()
    tally.repairs += repairs
    tally.left += left
  }
  return tally
}

class StepRun {
  readonly #step: Step
  readonly #run: Run
  readonly #said = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #tally = { repairs: 0, left: 0 }

  constructor(step: Step, run: Run) {
    this.#step = step
    this.#run = run
  }

  async toTheEnd(): Promise<Tally> {
    for (let round = 1; round <= MOST_ROUNDS; round += 1) {
      const faults = await this.#examine()
      for (const fault of faults) this.#sayWhatStays(fault)
      const repairable = faults.filter((fault) => fault.kind === 'repairable')
      if (this.#run.mode === 'examine') {
        for (const { what, remedy, would = `be: ${remedy}` } of repairable)
          this.#run.tell({ kind: 'found', step: this.#step.name, what, would, next: null })
        return { ...this.#tally, repairs: repairable.length }
      }
      const fresh = repairable.filter((fault) => !this.#said.has(fault.what))
      for (const fault of fresh) await this.#repair(fault)
      if (fresh.length === 0) return this.#unmended(repairable)
    }
    return this.#tally
  }

  /** Whatever a step stumbles over, the next one is tried: the trial at the end decides. */
  async #examine(): Promise<readonly Fault[]> {
    try {
      return await this.#step.examine(this.#run.place)
    } catch (error) {
      const what = `cannot be examined: ${messageOf(error)}`
      return [{ kind: 'elsewhere', what, next: 'Mend that, then run it again' }]
    }
  }

  #sayWhatStays(fault: Fault): void {
    if (fault.kind === 'repairable' || this.#said.has(fault.what)) return
    this.#said.add(fault.what)
    const { what, next } = fault
    if (fault.kind === 'hint') this.#run.tell({ kind: 'hint', step: this.#step.name, what, next })
    else this.#leave(what, fault.next)
  }

  async #repair({ what, remedy, next, repair }: Repairable): Promise<void> {
    this.#said.add(what)
    const { place, tell } = this.#run
    const step = this.#step.name
    const { at, event, by } = { at: place.clock(), event: `recover.${step}`, by: RECOVERER }
    const note = { at, event, by, facts: { what, remedy, user: place.uid } }
    // Before the repair: what happens is on the record even when it is killed half-way.
    const noted = await this.#keep(note)
    try {
      const more = await repair()
      const done = more === null ? remedy : `${remedy} (${more})`
      tell({ kind: 'repaired', step, what, remedy: done, aside: place.aside.take(), next })
      this.#tally.repairs += 1
    } catch (error) {
      this.#leave(what, `It could not be repaired: ${messageOf(error)}`)
    }
    // A state dir that could not be written may be so by now.
    if (noted !== null) await this.#keepAfter(note)
  }

  /** What went wrong; `null` when it is on disk. */
  async #keep(note: NoteEntry): Promise<string | null> {
    try {
      await keepNote(this.#run.place.stateDir, note)
      return null
    } catch (error) {
      return messageOf(error)
    }
  }

  async #keepAfter(note: NoteEntry): Promise<void> {
    const why = await this.#keep(note)
    if (why === null) return
    const what = `the record will not know of this: ${why}`
    this.#run.tell({ kind: 'hint', step: this.#step.name, what, next: null })
  }

  /** Repaired, and found again. */
  #unmended(faults: readonly Repairable[]): Tally {
    for (const { what } of faults)
      if (!this.#failed.has(what)) this.#leave(what, 'The repair did not hold: mend it by hand')
    return this.#tally
  }

  #leave(what: string, next: string): void {
    this.#failed.add(what)
    this.#run.tell({ kind: 'left', step: this.#step.name, what, next })
    this.#tally.left += 1
  }
}

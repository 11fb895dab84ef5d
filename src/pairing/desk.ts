/**
 * Where everything about devices happens, one thing after the other: decided on what is in memory, written to
 * disk, and only then in force and told. What takes something away is in force before it is written.
 */
import type { Role } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import type { QueueRules } from './ask.ts'
import { DeviceBook } from './book.ts'
import { seen } from './change-device.ts'
import { together } from './lapse.ts'
import { RecentEnds } from './recent-ends.ts'
import type { DeviceTokens } from './tokens.ts'
import type {
  PairedDevice,
  PairingChange,
  PairingRequest,
  PairingState,
  PairingStore,
  SurfaceRequest,
} from './types.ts'
import { UNASKED_ROOM, type UnaskedRoom } from './unasked.ts'

/** What others may hear of, once it is in force. */
export type PairingEvent =
  | { readonly kind: 'requested'; readonly request: PairingRequest }
  | {
      readonly kind: 'resolved'
      readonly requestId: string
      readonly deviceId: string
      readonly decision: 'approved' | 'rejected'
    }
  | {
      readonly kind: 'surface-requested'
      readonly device: PairedDevice
      readonly request: SurfaceRequest
    }
  | {
      readonly kind: 'surface-resolved'
      readonly nodeId: string
      readonly requestId: string
      readonly decision: 'approved' | 'rejected'
    }
  | { readonly kind: 'changed' }
  /** A token of it is valid no longer: what it opened is judged again. */
  | { readonly kind: 'retired'; readonly deviceId: string }
  /** Its connections end now. `role`: of this role alone; `null`: all. */
  | { readonly kind: 'cut'; readonly deviceId: string; readonly role: Role | null }

/** A connection of a device that began. `at`: milliseconds since the epoch. */
interface Seen {
  readonly deviceId: string
  readonly role: Role
  readonly at: number
}

/** What was decided in one turn. */
export interface Turn<Result> {
  readonly result: Result
  readonly change?: PairingChange
  /** In force at once, whatever the disk says: a revoked device never gets in again in this process. */
  readonly takesAway?: true
  readonly events?: readonly PairingEvent[]
}

/** Which line a turn waits in: those of `first` go before those of `last`, each in their order. */
export type Place = 'first' | 'last'

export interface DeskParts {
  readonly saved: PairingState
  readonly store: PairingStore
  readonly tokens: DeviceTokens
  /** Asked each time, so that a reload holds at once. */
  readonly rules: () => QueueRules
  readonly room?: UnaskedRoom
  readonly clock: Clock
  readonly announce: (event: PairingEvent) => void
}

export class PairingDesk {
  readonly book: DeviceBook
  readonly tokens: DeviceTokens
  readonly rules: () => QueueRules
  readonly room: UnaskedRoom
  readonly clock: Clock
  readonly #parts: DeskParts
  readonly #ends = new RecentEnds()
  readonly #seen = new Map<string, Seen>()
  readonly #putOff = new Map<string, () => Promise<void>>()
  /** In force, and not on disk yet: written before anything else, so that a restart does not undo it. */
  readonly #owed: PairingChange[] = []
  readonly #lines: Record<Place, (() => Promise<void>)[]> = { first: [], last: [] }
  #working = false

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.book = new DeviceBook(parts.saved, parts.clock)
    this.tokens = parts.tokens
    this.rules = parts.rules
    this.room = parts.room ?? UNASKED_ROOM
    this.clock = parts.clock
  }

  /**
   * `decide` sees what is in force, and nothing changes under it. Rejects when the disk does not take the change.
   * What takes away goes `first`: a device must not put off its own end by asking for much (SPEC 4: within a second).
   */
  turn<Result>(
    decide: (book: DeviceBook, now: number) => Turn<Result>,
    place: Place = 'last',
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#lines[place].push(() => this.#take(decide).then(resolve, reject))
      void this.#work()
    })
  }

  /** A moment ago it was removed, or revoked in a role. */
  tookAway(deviceId: string): boolean {
    return this.#ends.has(deviceId, this.clock())
  }

  /** A connection of this device began. Cheap: it is written behind, by {@link flush}. */
  saw(deviceId: string, role: Role): void {
    this.#seen.set(`${deviceId} ${role}`, { deviceId, role, at: this.clock() })
  }

  /** Done with the next {@link flush}, unless something else of that name is put off by then. */
  putOff(name: string, task: () => Promise<void>): void {
    this.#putOff.set(name, task)
  }

  drop(name: string): void {
    this.#putOff.delete(name)
  }

  /**
   * Does what was put off, and writes when devices were last seen, what is over by now, and what a full disk did not
   * take. Rejects as the store does; the next one tries again.
   */
  async flush(): Promise<void> {
    const tasks = [...this.#putOff]
    this.#putOff.clear()
    try {
      await this.#writeSightings()
      while (tasks.length > 0) {
        await tasks[0]?.[1]()
        tasks.shift()
      }
    } finally {
      for (const [name, task] of tasks) if (!this.#putOff.has(name)) this.#putOff.set(name, task)
    }
  }

  async #writeSightings(): Promise<void> {
    const sightings = [...this.#seen]
    this.book.look()
    const lapses = this.book.lapses()
    const lapsed = lapses.devices.length + lapses.setupCodes.length > 0
    if (sightings.length === 0 && this.#owed.length === 0 && !lapsed) return
    this.#seen.clear()
    try {
      await this.turn((book) => {
        const { devices: over, setupCodes } = book.lapses()
        const devices = new Map<string, PairedDevice>(over.map((device) => [device.id, device]))
        for (const [, { deviceId, role, at }] of sightings) {
          const device = devices.get(deviceId) ?? book.find(deviceId)
          if (device !== null) devices.set(deviceId, seen(device, role, at))
        }
        return { result: undefined, change: { devices: [...devices.values()], setupCodes } }
      })
    } catch (error) {
      for (const [key, sighting] of sightings)
        if (!this.#seen.has(key)) this.#seen.set(key, sighting)
      throw error
    }
  }

  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    await Promise.resolve()
    for (let next = this.#next(); next !== undefined; next = this.#next()) await next()
    this.#working = false
  }

  #next(): (() => Promise<void>) | undefined {
    return this.#lines.first.shift() ?? this.#lines.last.shift()
  }

  async #take<Result>(decide: (book: DeviceBook, now: number) => Turn<Result>): Promise<Result> {
    const { result, change, takesAway, events } = decide(this.book, this.clock())
    if (takesAway === true) {
      for (const event of events ?? [])
        if (event.kind === 'cut') this.#ends.add(event.deviceId, this.clock())
      this.#enforce(change, events)
      if (change !== undefined) this.#owed.push(change)
    }
    await this.#payDebts()
    if (takesAway === true) return result
    if (change !== undefined && !isEmpty(change)) await this.#save(change)
    this.#enforce(change, events)
    return result
  }

  /** Whatever is written takes along what was seen to be over: it costs no write of its own. */
  async #save(change: PairingChange): Promise<void> {
    const lapses = this.book.takeLapses()
    try {
      await this.#parts.store.save(together(lapses, change))
    } catch (error) {
      this.book.putBack(lapses)
      throw error
    }
  }

  async #payDebts(): Promise<void> {
    for (;;) {
      const [first] = this.#owed
      if (first === undefined) return
      if (!isEmpty(first)) await this.#parts.store.save(first)
      this.#owed.shift()
    }
  }

  #enforce(change: PairingChange | undefined, events: readonly PairingEvent[] = []): void {
    if (change !== undefined) this.book.apply(change)
    for (const event of events) this.#parts.announce(event)
  }
}

function isEmpty(change: PairingChange): boolean {
  return Object.values(change).every((items) => items.length === 0)
}

/** For tests: a desk that keeps everything in memory, and says what it announced and wrote. */
import { PairingDesk, type PairingEvent } from './desk.ts'
import { DeviceTokens } from './tokens.ts'
import type { PairingChange, PairingState } from './types.ts'
import type { UnaskedRoom } from './unasked.ts'

export const NO_DEVICES: PairingState = { devices: [], requests: [], setupCodes: [] }

export interface DeskOptions {
  readonly saved?: PairingState
  readonly clock?: () => number
  readonly waitsMs?: number
  readonly most?: number
  readonly room?: UnaskedRoom
  readonly announce?: (event: PairingEvent) => void
  /** Asked before each write; rejecting is a disk that takes no more. */
  readonly write?: (change: PairingChange) => Promise<void>
}

export function memoryDesk(options: DeskOptions = {}) {
  const events: PairingEvent[] = []
  const written: PairingChange[] = []
  const desk = new PairingDesk({
    saved: options.saved ?? NO_DEVICES,
    store: {
      async save(change) {
        await options.write?.(change)
        written.push(change)
      },
    },
    tokens: new DeviceTokens(Buffer.alloc(32, 7)),
    rules: () => ({ waitsMs: options.waitsMs ?? 300_000, most: options.most ?? 5 }),
    ...(options.room !== undefined && { room: options.room }),
    clock: options.clock ?? Date.now,
    announce(event) {
      events.push(event)
      options.announce?.(event)
    },
  })
  return { desk, events, written }
}

/** `system-presence`: who is connected right now. */
import { z } from 'zod'
import type { Scope } from '../access/scopes.ts'
import { defineOperation, type Operation } from './types.ts'

/** A part of the protocol's closed `PresenceEntry`: absent members are left out, never empty. */
export interface PresenceEntry {
  /** When the entry last changed, in milliseconds since the epoch. */
  readonly ts: number
  readonly host?: string
  readonly ip?: string
  readonly version?: string
  readonly platform?: string
  readonly mode?: string
  readonly reason?: string
  readonly text?: string
  readonly instanceId?: string
  readonly roles?: readonly string[]
  readonly scopes?: readonly Scope[]
}

export interface PresencePort {
  /** The gateway itself first, then one entry a connection. */
  entries(): readonly PresenceEntry[]
}

export function systemPresence(port: PresencePort): Operation {
  return defineOperation({
    name: 'system-presence',
    summary: 'Who is connected.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/presence' },
    websocket: true,
    input: z.strictObject({}),
    run: () => port.entries(),
  })
}

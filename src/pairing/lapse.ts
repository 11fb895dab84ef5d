/** What was seen to be over stays over: a clock that is set back gives nothing back (decision 008). */
import { expired } from '../access/devices.ts'
import { codeHasEnded } from './setup-code.ts'
import type { PairedDevice, PairingChange, SetupCode } from './types.ts'

interface Ending {
  readonly expiresAt: number | null
  readonly lapsedAt?: number | undefined
}

/** Something of it has an end that nobody has seen yet. */
export function mayLapse({ grants, surface: { approved } }: PairedDevice): boolean {
  return grants.some(isOpen) || (approved !== null && isOpen(approved))
}

/** The same with all that is over by `now`, milliseconds since the epoch, marked so; the very same where nothing is. */
export function withLapses(device: PairedDevice, now: number): PairedDevice {
  const { grants, surface } = device
  const { approved } = surface
  const lapses = (one: Ending): boolean => isOpen(one) && expired(one, now)
  if (!grants.some(lapses) && (approved === null || !lapses(approved))) return device
  const mark = <One extends Ending>(one: One): One =>
    lapses(one) ? { ...one, lapsedAt: now } : one
  return {
    ...device,
    grants: grants.map(mark),
    surface: { ...surface, approved: approved === null ? null : mark(approved) },
  }
}

export function codeWithLapse(code: SetupCode, now: number): SetupCode {
  const lapses = code.lapsedAt === undefined && code.usedBy === null && codeHasEnded(code, now)
  return lapses ? { ...code, lapsedAt: now } : code
}

/** What was decided before its end was seen keeps the mark, unless an approval gave it another end. */
export function keepingLapses(seen: PairedDevice, decided: PairedDevice): PairedDevice {
  if (!hasLapsed(seen)) return decided
  const grants = decided.grants.map((grant) => {
    const before = seen.grants.find(({ id }) => id === grant.id)
    return before === undefined ? grant : keepingLapse(before, grant)
  })
  const { approved } = decided.surface
  const before = seen.surface.approved
  const same = approved !== null && before !== null && before.approvedAt === approved.approvedAt
  const surface = same
    ? { ...decided.surface, approved: keepingLapse(before, approved) }
    : decided.surface
  return { ...decided, grants, surface }
}

function keepingLapse<One extends Ending>(before: Ending, one: One): One {
  const { lapsedAt } = before
  const kept = lapsedAt !== undefined && before.expiresAt === one.expiresAt
  return kept && one.lapsedAt === undefined ? { ...one, lapsedAt } : one
}

/** What was seen to be over and is not on disk. */
export interface Lapses {
  readonly devices: readonly PairedDevice[]
  readonly setupCodes: readonly SetupCode[]
}

/** Both in one write. */
export function together({ devices, setupCodes }: Lapses, change: PairingChange): PairingChange {
  const others = new Map(devices.map((device) => [device.id, device]))
  const changed = (change.devices ?? []).map((device) => {
    const seen = others.get(device.id)
    others.delete(device.id)
    return seen === undefined ? device : keepingLapses(seen, device)
  })
  const codes = change.setupCodes ?? []
  const ids = new Set([...codes.map(({ setupId }) => setupId), ...(change.forgotten ?? [])])
  return {
    ...change,
    devices: [...others.values(), ...changed],
    setupCodes: [...setupCodes.filter(({ setupId }) => !ids.has(setupId)), ...codes],
  }
}

function hasLapsed({ grants, surface: { approved } }: PairedDevice): boolean {
  return grants.some(({ lapsedAt }) => lapsedAt !== undefined) || approved?.lapsedAt !== undefined
}

function isOpen({ expiresAt, lapsedAt }: Ending): boolean {
  return expiresAt !== null && lapsedAt === undefined
}

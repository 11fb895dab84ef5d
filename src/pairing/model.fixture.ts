/**
 * What each device may do, read naively from SPEC 3 and 4 and PROTOCOL 3: a list of what happened, read from the
 * beginning for every question. Shares nothing with the desk but the vocabulary.
 */
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'

/** Device numbers, as the commands have them; ids of requests and codes, as the desk made them. */
export type Fact =
  | {
      readonly is: 'asked'
      readonly id: string
      readonly device: number
      readonly role: Role
      readonly scopes: readonly Scope[]
      readonly from: string
      readonly at: number
    }
  | { readonly is: 'asked again'; readonly id: string; readonly at: number }
  | { readonly is: 'over'; readonly id: string }
  | {
      readonly is: 'approved'
      readonly device: number
      readonly role: Role
      readonly scopes: readonly Scope[]
      readonly until: number | null
      /** Nobody was asked. */
      readonly unasked: boolean
    }
  | {
      readonly is: 'narrowed'
      readonly device: number
      readonly role: Role
      readonly scopes: readonly Scope[]
    }
  /** The same in other words: `operator.admin` and all that it implies, say. */
  | {
      readonly is: 'restated'
      readonly device: number
      readonly role: Role
      readonly scopes: readonly Scope[]
    }
  | { readonly is: 'revoked'; readonly device: number; readonly role: Role }
  | { readonly is: 'removed'; readonly device: number }
  /** A first token, or a successor; `token` only tells them apart. */
  | {
      readonly is: 'token'
      readonly device: number
      readonly role: Role
      readonly token: number
      readonly first: boolean
    }
  | { readonly is: 'successor used'; readonly device: number; readonly role: Role }
  | {
      readonly is: 'code'
      readonly id: string
      readonly gives: readonly { readonly role: Role; readonly scopes: readonly Scope[] }[]
      /** The device that made it. */
      readonly by: number | null
      /** The end of its maker's approval, and of what it gives. */
      readonly until: number | null
      readonly at: number
    }
  | { readonly is: 'code over'; readonly id: string }
  /** The end of an approval, or of a code, came and was seen. */
  | { readonly is: 'lapsed'; readonly device: number; readonly role: Role }
  | { readonly is: 'code lapsed'; readonly id: string }

export interface Approval {
  readonly scopes: readonly Scope[]
  readonly until: number | null
  readonly lapsed: boolean
}
export type Waiting = Extract<Fact, { is: 'asked' }>
export type Code = Extract<Fact, { is: 'code' }>

export const ROLES: readonly Role[] = ['operator', 'node', 'webchat']
const TEN_MINUTES = 600_000

/** The approval of this role that was not taken away, over or not. */
export function approvalOf(log: readonly Fact[], device: number, role: Role): Approval | null {
  let approval: Approval | null = null
  for (const fact of log) {
    if (!('device' in fact) || fact.device !== device) continue
    if (fact.is === 'removed') approval = null
    if (!('role' in fact) || fact.role !== role) continue
    if (fact.is === 'approved') approval = { scopes: fact.scopes, until: fact.until, lapsed: false }
    if (fact.is === 'lapsed' && approval !== null) approval = { ...approval, lapsed: true }
    if (fact.is === 'revoked') approval = null
    if ((fact.is === 'narrowed' || fact.is === 'restated') && approval !== null)
      approval = { ...approval, scopes: fact.scopes }
  }
  return approval
}

export function inForce(
  log: readonly Fact[],
  device: number,
  role: Role,
  now: number,
): Approval | null {
  const approval = approvalOf(log, device, role)
  if (approval === null || approval.lapsed) return null
  if (approval.until !== null && approval.until <= now) return null
  return approval
}

export function isNew(log: readonly Fact[], device: number): boolean {
  for (const fact of log) if (fact.is === 'approved' && fact.device === device) return false
  return true
}

/** How many devices nobody was asked about, last time; and how many are removed. */
export function crowd(log: readonly Fact[]): {
  readonly unasked: number
  readonly removed: number
} {
  const stories = new Map<number, 'asked' | 'unasked' | 'removed'>()
  for (const fact of log) {
    if (fact.is === 'approved') stories.set(fact.device, fact.unasked ? 'unasked' : 'asked')
    if (fact.is === 'removed') stories.set(fact.device, 'removed')
  }
  const count = (story: string): number =>
    [...stories.values()].filter((one) => one === story).length
  return { unasked: count('unasked'), removed: count('removed') }
}

/** Roles in which an operator took something away that none has given since. */
export function withheld(log: readonly Fact[], device: number): readonly Role[] {
  const roles: Role[] = []
  for (const role of ROLES) {
    let had = false
    let taken = false
    for (const fact of log) {
      if (!('device' in fact) || fact.device !== device) continue
      if (fact.is === 'removed' && had) taken = true
      if (!('role' in fact) || fact.role !== role) continue
      if (fact.is === 'approved') had = true
      if (fact.is === 'approved') taken = false
      if (fact.is === 'revoked' || fact.is === 'narrowed') taken = true
    }
    if (taken) roles.push(role)
  }
  return roles
}

/** Requests that nobody answered, those that waited too long among them, with when each was asked last. */
export function unanswered(log: readonly Fact[]): readonly Waiting[] {
  let waiting: Waiting[] = []
  for (const fact of log) {
    if (fact.is === 'asked') waiting.push(fact)
    if (fact.is === 'asked again')
      waiting = waiting.map((one) => (one.id === fact.id ? { ...one, at: fact.at } : one))
    if (fact.is === 'over') waiting = waiting.filter(({ id }) => id !== fact.id)
  }
  return waiting
}

/** Of rotations that the device has not heard of, so many before the last still hold. */
const MOST_UNUSED = 8

/** Tokens that hold while the approval is in force: the one in use, and those of rotations that were not confirmed, the newest last. */
export function tokensOf(log: readonly Fact[], device: number, role: Role): readonly number[] {
  let tokens: number[] = []
  for (const fact of log) {
    if (!('device' in fact) || fact.device !== device) continue
    if (fact.is === 'removed') tokens = []
    if (!('role' in fact) || fact.role !== role) continue
    if (fact.is === 'revoked') tokens = []
    if (fact.is === 'token')
      tokens = fact.first
        ? [fact.token]
        : [...tokens.slice(0, 1), ...tokens.slice(1).slice(-MOST_UNUSED), fact.token]
    if (fact.is === 'successor used') tokens = tokens.slice(-1)
  }
  return tokens
}

export function openCodes(log: readonly Fact[]): readonly Code[] {
  let codes: Code[] = []
  for (const fact of log) {
    if (fact.is === 'code') codes.push(fact)
    if (fact.is === 'code over') codes = codes.filter(({ id }) => id !== fact.id)
  }
  return codes
}

/** Ten minutes either way: a clock that was set back gives a code no second life. Nor does it outlive its maker's approval. */
export function inItsTime(log: readonly Fact[], code: Code, now: number): boolean {
  for (const fact of log) if (fact.is === 'code lapsed' && fact.id === code.id) return false
  return !hasEnded(code, now) && now >= code.at - TEN_MINUTES
}

function hasEnded({ at, until }: Code, now: number): boolean {
  return now >= at + TEN_MINUTES || (until !== null && until <= now)
}

/** What ended by now, and was not seen to before. */
export function newlyLapsed(log: readonly Fact[], devices: number, now: number): readonly Fact[] {
  const facts: Fact[] = []
  for (let device = 0; device < devices; device += 1)
    for (const role of ROLES) {
      const approval = approvalOf(log, device, role)
      if (approval !== null && !approval.lapsed && inForce(log, device, role, now) === null)
        facts.push({ is: 'lapsed', device, role })
    }
  for (const code of openCodes(log)) {
    const known = log.some((fact) => fact.is === 'code lapsed' && fact.id === code.id)
    if (!known && hasEnded(code, now)) facts.push({ is: 'code lapsed', id: code.id })
  }
  return facts
}

/** Admin has all, write has read. */
export function has(scopes: readonly Scope[], scope: Scope): boolean {
  for (const one of scopes) {
    if (one === scope) return true
    if (one === 'operator.admin') return true
    if (one === 'operator.write' && scope === 'operator.read') return true
  }
  return false
}

export function hasAll(scopes: readonly Scope[], wanted: readonly Scope[]): boolean {
  for (const one of wanted) if (!has(scopes, one)) return false
  return true
}

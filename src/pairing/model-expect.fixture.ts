/** What one command must be answered, and what is true after it, read naively from SPEC 4 and PROTOCOL 3. */
import { hasTools, worthOf } from '../access/reference-devices.fixture.ts'
import { SCOPES, type Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import { unreachable } from '../core/never.ts'
import type { Connect, Order } from './model-commands.fixture.ts'
import {
  approvalOf,
  crowd,
  has,
  hasAll,
  inForce,
  inItsTime,
  isNew,
  openCodes,
  tokensOf,
  unanswered,
  withheld,
  ROLES,
  type Code,
  type Fact,
} from './model.fixture.ts'

export const WAITS_MS = 300_000
export const MOST = 3
/** So many may be let in unasked, and so many removed, until everybody new has to ask. */
export const ROOM = { most: 3, mostRemoved: 2 }
/** A request stays as it is for so long, and is refreshed no more often. */
const KEPT_MS = 10_000
export const PROXY_USER: readonly Scope[] = ['operator.read', 'operator.write', 'operator.pairing']
export const HELPER: readonly Scope[] = ['operator.read', 'operator.pairing']
const ALL: readonly Scope[] = SCOPES

export interface Situation {
  readonly log: readonly Fact[]
  readonly now: number
  readonly policy: { readonly required: boolean; readonly autoApprove: boolean }
  /** The token that a command shows: the number that the model gave it, and whose it is. `null`: there is none. */
  readonly token: { readonly token: number; readonly device: number; readonly role: Role } | null
  readonly codeId: string | null
  readonly requestId: string | null
  /** Never used before: for what a command makes. */
  readonly fresh: () => number
}

/** What is written at once. */
export interface Turn {
  readonly facts: readonly Fact[]
  readonly takesAway?: true
}
export interface Expected {
  readonly answer: string
  readonly turns: readonly Turn[]
  /** A rare reason, to be seen among the many. */
  readonly because?: string
}

/** Where the desk makes the id, the model does not know it yet. */
export const ITS_ID = 'the id that it was given'

export interface Actor {
  readonly scopes: readonly Scope[]
  /** By its own token. */
  readonly device: number | null
  /** The device that it is, however it came. */
  readonly is: number | null
  /** When its own approval ends: what a device gives by its token lasts no longer. */
  readonly until: number | null
}

export function words(scopes: readonly Scope[]): string {
  return [...new Set(scopes)].sort().join(' ')
}

function no(answer: string): Expected {
  return { answer, turns: [] }
}

export function expectConnect(connect: Connect, situation: Situation): Expected {
  const { shown, role, proof } = connect
  if (shown.kind === 'owner' && role === 'operator' && proof === 'right')
    return no(`in as the owner: ${words(connect.ask)}`)
  if (shown.kind === 'owner' && role === 'webchat' && proof === 'right')
    return no('in as the owner: ')
  if (proof === 'broken') return no('no')
  switch (shown.kind) {
    case 'token':
      return byToken(connect, situation)
    case 'code':
      return byCode(connect, situation)
    case 'proxy user':
      return bySecret(connect, situation, PROXY_USER)
    case 'owner':
    case 'secret here':
    case 'secret there':
      return bySecret(connect, situation, ALL)
    default:
      return unreachable(shown)
  }
}

/** Operators alone have scopes. */
function wishOf({ role, ask }: Connect): readonly Scope[] {
  return role === 'operator' ? ask : []
}

function byToken(connect: Connect, { log, now, token }: Situation): Expected {
  if (token === null || token.device !== connect.device) return no('no')
  const tokens = tokensOf(log, token.device, token.role)
  const approval = inForce(log, token.device, token.role, now)
  if (!tokens.includes(token.token) || approval === null) return no('no')
  if (token.role !== connect.role || !hasAll(worthOf(approval.scopes), wishOf(connect)))
    return no('no')
  const { device, role } = connect
  const successor = tokens.length > 1 && tokens.at(-1) === token.token
  const turns: Turn[] = successor ? [{ facts: [{ is: 'successor used', device, role }] }] : []
  return { answer: `in: ${words(wishOf(connect))}`, turns }
}

function byCode(connect: Connect, { log, now, codeId, fresh }: Situation): Expected {
  const code = openCodes(log).find(({ id }) => id === codeId)
  if (code === undefined || !inItsTime(log, code, now)) return no('no')
  const { device, role } = connect
  if (code.gives[0]?.role !== role) return no('no')
  const facts: Fact[] = [{ is: 'code over', id: code.id }]
  for (const one of code.gives)
    facts.push(...approve(log, { device, ...one, until: code.until, unasked: false }, now, fresh))
  for (const one of unanswered(log))
    if (one.device === device) facts.push({ is: 'over', id: one.id })
  // It comes in with the token it is handed: a successor, where somebody had rotated the one before.
  const used = tokensOf([...log, ...facts], device, role).length > 1
  const turns: Turn[] = [{ facts }]
  if (used) turns.push({ facts: [{ is: 'successor used', device, role }] })
  return { answer: 'in: ', turns }
}

interface Given {
  readonly device: number
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly until: number | null
  readonly unasked: boolean
}
type Wish = Omit<Given, 'until' | 'unasked'>

/** An approval in force is changed and keeps its tokens; otherwise a new one begins. */
function approve(log: readonly Fact[], given: Given, now: number, fresh: () => number): Fact[] {
  const { device, role } = given
  const approved: Fact = { is: 'approved', ...given }
  if (inForce(log, device, role, now) !== null) return [approved]
  return [approved, { is: 'token', device, role, token: fresh(), first: true }]
}

function bySecret(connect: Connect, situation: Situation, holder: readonly Scope[]): Expected {
  const { log, now, fresh } = situation
  const { device, role } = connect
  const approval = inForce(log, device, role, now)
  const asked = wishOf(connect)
  const granted = words(asked.filter((scope) => has(holder, scope)))
  if (approval !== null && hasAll(worthOf(approval.scopes), asked)) return no(`in: ${granted}`)

  const both = ALL.filter((one) => asked.includes(one) || approval?.scopes.includes(one) === true)
  const wish = { device, role, scopes: both }
  if (!unasked(connect, situation, holder)) return queue(connect, situation, wish)
  const { unasked: already, removed } = crowd(log)
  if (isNew(log, device) && (already >= ROOM.most || removed >= ROOM.mostRemoved))
    return { ...queue(connect, situation, wish), because: 'crowded' }
  const facts = approve(log, { ...wish, until: approval?.until ?? null, unasked: true }, now, fresh)
  for (const one of unanswered(log))
    if (one.device === device) facts.push({ is: 'over', id: one.id })
  return { answer: `in: ${granted}`, turns: [{ facts }] }
}

/** SPEC 4: who is approved silently. */
function unasked(connect: Connect, situation: Situation, holder: readonly Scope[]): boolean {
  const { device, role, ask, shown } = connect
  const { log, now, policy } = situation
  if (withheld(log, device).length > 0) return false
  const before = approvalOf(log, device, role)
  if (before !== null && inForce(log, device, role, now) === null) return false
  if (!hasAll(holder, ask)) return false
  if (connect.role !== 'operator' && !has(holder, 'operator.admin')) return false
  if (!policy.required) return true
  if (policy.autoApprove && isNew(log, device)) return true
  if (shown.kind !== 'secret here') return false
  return isNew(log, device) || before !== null
}

function queue(connect: Connect, { log, now }: Situation, wish: Wish): Expected {
  const tooLong = unanswered(log).filter(({ at }) => Math.abs(now - at) >= WAITS_MS)
  const facts: Fact[] = tooLong.map(({ id }) => ({ is: 'over', id }))
  const waiting = unanswered([...log, ...facts])
  const own = waiting.find(({ device }) => device === wish.device)
  const same = own?.role === wish.role && own.scopes.join() === wish.scopes.join()
  if (own !== undefined && same && Math.abs(now - own.at) >= KEPT_MS)
    facts.push({ is: 'asked again', id: own.id, at: now })
  if (own !== undefined && (same || Math.abs(now - madeAt(log, own.id)) < KEPT_MS))
    return { answer: `waits as before: ${own.id}`, turns: [{ facts }] }
  const others = waiting.filter((one) => one !== own)
  const from = addressOf(connect)
  const neighbours = others.filter((one) => network(one.from) === network(from))
  if (others.length >= MOST || neighbours.length >= 2) return { answer: 'full', turns: [{ facts }] }
  if (own !== undefined) facts.push({ is: 'over', id: own.id })
  facts.push({ is: 'asked', id: ITS_ID, ...wish, from, at: now })
  return { answer: 'waits', turns: [{ facts }] }
}

function madeAt(log: readonly Fact[], request: string): number {
  for (const fact of log) if (fact.is === 'asked' && fact.id === request) return fact.at
  return Number.NaN
}

export function addressOf({ shown, from }: Connect): string {
  return shown.kind === 'secret here' || shown.kind === 'owner' ? '127.0.0.1' : from
}

/** IPv6 by /64. */
function network(address: string): string {
  return address.startsWith('2001:db8::') ? '2001:db8::' : address
}

export function expectOrder(order: Order, actor: Actor, situation: Situation): Expected {
  switch (order.does) {
    case 'approve':
      return expectApprove(order.lasts, actor, situation)
    case 'reject':
      return expectReject(actor, situation)
    case 'rotate':
      return expectRotate(order, actor, situation)
    case 'revoke':
      return expectRevoke(order, actor, situation)
    case 'remove':
      return expectRemove(order.device, actor, situation)
    case 'rename':
      return expectRename(order.device, actor, situation)
    case 'code':
      return expectCode(order.access, actor, situation)
    default:
      return unreachable(order)
  }
}

/** Another device's token is nobody to this device, unless it is an administrator's. */
function foreign(actor: Actor, device: number): boolean {
  return actor.device !== null && actor.device !== device && !has(actor.scopes, 'operator.admin')
}

function waitingNow({ log, now, requestId }: Situation) {
  const found = unanswered(log).find(({ id }) => id === requestId)
  return found !== undefined && Math.abs(now - found.at) < WAITS_MS ? found : null
}

function expectApprove(lasts: number | null, actor: Actor, situation: Situation): Expected {
  const { log, now, fresh } = situation
  const request = waitingNow(situation)
  const admin = has(actor.scopes, 'operator.admin')
  if (request === null) return no(admin ? 'unknown' : 'denied')
  const { device, role, scopes, id } = request
  if (foreign(actor, device)) return no('denied')
  if (role !== 'operator' && !admin) return no('denied')
  const missing = scopes.find((scope) => !has(actor.scopes, scope))
  if (missing !== undefined) return no(`missing ${missing}`)
  const until = earlier(actor.until, lasts === null ? null : now + lasts)
  const facts = approve(log, { device, role, scopes, until, unasked: false }, now, fresh)
  return { answer: 'approved', turns: [{ facts: [...facts, { is: 'over', id }] }] }
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null) return other
  return other === null || one < other ? one : other
}

function expectReject(actor: Actor, situation: Situation): Expected {
  const request = waitingNow(situation)
  const blind = actor.device !== null && !has(actor.scopes, 'operator.admin')
  if (request === null) return no(blind ? 'denied' : 'unknown')
  if (foreign(actor, request.device)) return no('denied')
  return { answer: 'rejected', turns: [{ facts: [{ is: 'over', id: request.id }] }] }
}

interface OneRole {
  readonly device: number
  readonly role: Role
}

/** One answer for whatever is wrong. */
function mayTokens(actor: Actor, { device, role }: OneRole, scopes: readonly Scope[]): boolean {
  if (foreign(actor, device)) return false
  if (role !== 'operator' && !has(actor.scopes, 'operator.admin')) return false
  return hasAll(actor.scopes, scopes)
}

function expectRotate(
  { device, role, scopes }: Extract<Order, { does: 'rotate' }>,
  actor: Actor,
  { log, now, fresh }: Situation,
): Expected {
  const approval = inForce(log, device, role, now)
  const wanted = scopes ?? approval?.scopes ?? []
  if (approval === null || !hasAll(approval.scopes, wanted)) return no('denied')
  const [had, left, worth] = [approval.scopes, wanted, worthOf(wanted)].map(hasTools)
  if (had && !left && worth) return no('denied')
  if (!mayTokens(actor, { device, role }, approval.scopes)) return no('denied')
  const facts: Fact[] = [{ is: 'token', device, role, token: fresh(), first: false }]
  const is = hasAll(wanted, approval.scopes) ? 'restated' : 'narrowed'
  facts.push({ is, device, role, scopes: wanted })
  // What an administrator made in advance ends with its being one.
  if (!has(wanted, 'operator.admin')) facts.push(...codesBy(log, device))
  return { answer: `rotated: ${words(wanted)}`, turns: [{ facts }] }
}

function codesBy(log: readonly Fact[], device: number): Fact[] {
  const made = openCodes(log).filter(({ by }) => by === device)
  return made.map(({ id }) => ({ is: 'code over', id }))
}

function expectRevoke({ device, role }: OneRole, actor: Actor, { log }: Situation): Expected {
  const approval = approvalOf(log, device, role)
  if (approval === null || !mayTokens(actor, { device, role }, approval.scopes)) return no('denied')
  const over = unanswered(log).filter((one) => one.device === device)
  const facts: Fact[] = [
    { is: 'revoked', device, role },
    ...over.map(({ id }): Fact => ({ is: 'over', id })),
    ...codesBy(log, device),
  ]
  return { answer: 'revoked', turns: [{ facts, takesAway: true }] }
}

/** Approved for something once, and not removed since. */
function isPaired(log: readonly Fact[], device: number): boolean {
  let paired = false
  for (const fact of log) {
    if (fact.is === 'approved' && fact.device === device) paired = true
    if (fact.is === 'removed' && fact.device === device) paired = false
  }
  return paired
}

function mayManage(actor: Actor, device: number, log: readonly Fact[]): boolean {
  if (foreign(actor, device)) return false
  if (actor.device === null || has(actor.scopes, 'operator.admin')) return true
  return ROLES.every((role) => role === 'operator' || approvalOf(log, device, role) === null)
}

function expectRemove(device: number, actor: Actor, { log }: Situation): Expected {
  const over = unanswered(log).filter((one) => one.device === device)
  const blind = actor.device !== null && !has(actor.scopes, 'operator.admin')
  if (!isPaired(log, device) && over.length === 0) return no(blind ? 'denied' : 'unknown')
  if (!mayManage(actor, device, log)) return no('denied')
  const facts: Fact[] = over.map(({ id }) => ({ is: 'over', id }))
  if (isPaired(log, device)) facts.push({ is: 'removed', device })
  return {
    answer: 'done',
    turns: [{ facts: [...facts, ...codesBy(log, device)], takesAway: true }],
  }
}

function expectRename(device: number, actor: Actor, { log }: Situation): Expected {
  const blind = actor.device !== null && !has(actor.scopes, 'operator.admin')
  if (!isPaired(log, device)) return no(blind ? 'denied' : 'unknown')
  if (!mayManage(actor, device, log)) return no('denied')
  return { answer: 'done', turns: [{ facts: [] }] }
}

const GIVES: Record<'full' | 'limited' | 'node', Code['gives']> = {
  node: [{ role: 'node', scopes: [] }],
  limited: [
    { role: 'node', scopes: [] },
    { role: 'operator', scopes: ['operator.read', 'operator.write', 'operator.approvals'] },
  ],
  full: [
    { role: 'node', scopes: [] },
    {
      role: 'operator',
      scopes: ['operator.read', 'operator.write', 'operator.approvals', 'operator.admin'],
    },
  ],
}

function expectCode(access: keyof typeof GIVES, actor: Actor, { log, now }: Situation): Expected {
  if (!has(actor.scopes, 'operator.admin')) return no('missing a scope')
  const gone = openCodes(log).filter((code) => !inItsTime(log, code, now))
  const facts: Fact[] = gone.map(({ id }) => ({ is: 'code over', id }))
  facts.push({
    is: 'code',
    id: ITS_ID,
    gives: GIVES[access],
    by: actor.is,
    until: actor.until,
    at: now,
  })
  return { answer: 'made', turns: [{ facts }] }
}

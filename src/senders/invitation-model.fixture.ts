/** For tests: what can happen to invitations, as data, and SPEC 14.6 read naively: lists that are searched, and a copy for the disk. */
import * as fc from 'fast-check'
import { HOUR, MINUTE, NOW } from './desk.fixture.ts'
import { ACCOUNTS, PEOPLE, type Fate } from './model-commands.fixture.ts'
import { Failed } from './model.fixture.ts'

interface Someone {
  readonly person: number
  readonly account: number
}

export type InvitationCommand =
  | {
      readonly kind: 'makes'
      readonly account: number
      readonly uses: number
      readonly forMs: number
    }
  /** `which`: of those ever made, the newest first. */
  | (Someone & {
      readonly kind: 'sends'
      readonly what: 'code' | 'wrong' | 'words'
      readonly which: number
    })
  | { readonly kind: 'cancels'; readonly which: number }
  | (Someone & { readonly kind: 'revokes' })
  | { readonly kind: 'locks'; readonly account: number; readonly locked: boolean }
  | { readonly kind: 'passes'; readonly ms: number }
  | { readonly kind: 'restarts' }

export interface InvitationStep {
  readonly command: InvitationCommand
  readonly fate: Fate
}

const account = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(ACCOUNTS.length - 1))
const someone = { person: fc.nat(PEOPLE.length - 1), account }
const is = <Kind extends InvitationCommand['kind']>(kind: Kind) => ({ kind: fc.constant(kind) })
const what = fc.oneof(
  { weight: 6, arbitrary: fc.constant('code' as const) },
  fc.constantFrom('wrong' as const, 'words' as const),
)

const anyCommand: fc.Arbitrary<InvitationCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...is('makes'),
      account,
      uses: fc.constantFrom(1, 1, 2, 3),
      forMs: fc.constantFrom(10 * MINUTE, HOUR, 24 * HOUR, 24 * HOUR),
    }),
  },
  { weight: 12, arbitrary: fc.record({ ...is('sends'), ...someone, what, which: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ ...is('cancels'), which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ ...is('revokes'), ...someone }) },
  { weight: 1, arbitrary: fc.record({ ...is('locks'), account, locked: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...is('passes'),
      ms: fc.constantFrom(1, 9 * MINUTE, HOUR, 25 * HOUR, -MINUTE, -HOUR, -25 * HOUR),
    }),
  },
  { weight: 1, arbitrary: fc.record(is('restarts')) },
)

const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'fine' as const }) },
  fc.record({
    kind: fc.constantFrom('full' as const, 'dies before' as const, 'dies after' as const),
    at: fc.nat(1),
  }),
)
const anyOne = fc.record({ command: anyCommand, fate: anyFate }).map((step) => [step])
/** Somebody guesses on and on, while there is something to guess. */
const guessing = fc.record(someone).map((who): InvitationStep[] => {
  const made = { kind: 'makes', account: who.account, uses: 1, forMs: 24 * HOUR } as const
  const wrong = { ...who, kind: 'sends', what: 'wrong', which: 0 } as const
  const right = { ...who, kind: 'sends', what: 'code', which: 0 } as const
  const commands = [made, wrong, wrong, wrong, wrong, wrong, right]
  return commands.map((command) => ({ command, fate: { kind: 'fine' } }))
})

export const anyInvitationLife: fc.Arbitrary<readonly InvitationStep[]> = fc
  .array(fc.oneof({ weight: 30, arbitrary: anyOne }, { weight: 1, arbitrary: guessing }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  })
  .map((steps) => steps.flat())

export interface Promised {
  readonly id: string
  readonly code: string
  readonly account: number
  readonly uses: number
  readonly at: number
  readonly until: number
  readonly came: string[]
  ended: string | null
}

interface Known {
  readonly invitations: Promised[]
  approved: { readonly person: string; readonly account: number }[]
}

export class InvitationModel {
  now = NOW
  known: Known = { invitations: [], approved: [] }
  readonly locked = new Set<number>()
  #disk: Known = { invitations: [], approved: [] }
  #fate: Fate = { kind: 'fine' }
  #writes = 0
  #wrong = new Map<string, { count: number; since: number }>()

  begin(fate: Fate): void {
    this.#fate = fate
    this.#writes = 0
  }

  restart(): void {
    this.known = structuredClone(this.#disk)
    this.#wrong = new Map()
  }

  /** Something else was written, and with it whatever was owed. */
  flushed(): void {
    this.#disk = structuredClone(this.known)
  }

  stands({ ended, came, uses, until, at }: Promised): boolean {
    return ended === null && came.length < uses && this.now < until && at - this.now < HOUR
  }

  makes(invitation: Promised): string {
    this.#write((next) => next.invitations.push(invitation))
    return 'made'
  }

  /** `code`: `null` for a text that is none. */
  sends(person: string, at: number, code: string | null): string {
    this.#endsThosePast(at)
    if (this.locked.has(at)) return 'sender_not_allowed'
    const here = this.known.invitations.filter((one) => one.account === at)
    const found = here.find((one) => one.code === code)
    if (this.#isIn(person, at)) return found === undefined ? 'kept' : 'again'
    if (code === null || !here.some((one) => this.stands(one))) return 'a stranger'
    if (this.#held(`${at} ${person}`, 5) || this.#held(`${at}`, 50)) return 'held'
    if (found === undefined || !this.stands(found) || found.came.includes(person)) {
      this.#guessed(`${at} ${person}`)
      this.#guessed(`${at}`)
      return found === undefined ? 'unknown' : 'over'
    }
    this.#wrong.delete(`${at} ${person}`)
    this.#write((next) => {
      next.approved.push({ person, account: at })
      next.invitations.find(({ id }) => id === found.id)?.came.push(person)
    })
    return 'invited'
  }

  cancels(id: string): string {
    const found = this.known.invitations.find((one) => one.id === id)
    if (found === undefined || !this.stands(found)) {
      this.#writesWhatIsOwed()
      return 'nothing to cancel'
    }
    this.#write((next) => {
      for (const one of next.invitations) if (one.id === id) one.ended = 'cancelled'
    }, 'at once')
    return 'cancelled'
  }

  revokes(person: string, at: number): string {
    if (this.#isIn(person, at))
      this.#write((next) => {
        next.approved = next.approved.filter((one) => one.person !== person || one.account !== at)
      }, 'at once')
    else this.#writesWhatIsOwed()
    return 'revoked'
  }

  #endsThosePast(at: number): void {
    const past = (one: Promised) =>
      one.account === at && one.ended === null && one.until <= this.now
    if (!this.known.invitations.some(past)) return
    this.#write((next) => {
      for (const one of next.invitations) if (past(one)) one.ended = 'expired'
    }, 'at once')
  }

  #writesWhatIsOwed(): void {
    if (JSON.stringify(this.known) !== JSON.stringify(this.#disk)) this.#write(() => {}, 'at once')
  }

  #isIn(person: string, at: number): boolean {
    return this.known.approved.some((one) => one.person === person && one.account === at)
  }

  #held(who: string, most: number): boolean {
    const tries = this.#wrong.get(who)
    return tries !== undefined && Math.abs(this.now - tries.since) < HOUR && tries.count >= most
  }

  #guessed(who: string): void {
    const tries = this.#wrong.get(who)
    const recent = tries !== undefined && Math.abs(this.now - tries.since) < HOUR
    const { count, since } = recent ? tries : { count: 0, since: this.now }
    this.#wrong.set(who, { count: count + 1, since })
  }

  #write(change: (next: Known) => void, when: 'at once' | 'when written' = 'when written'): void {
    const next = structuredClone(this.known)
    change(next)
    if (when === 'at once') this.known = next
    const struck = this.#fate.kind !== 'fine' && this.#fate.at <= this.#writes
    this.#writes += 1
    if (!struck || this.#fate.kind === 'dies after') this.#disk = structuredClone(next)
    if (struck) throw new Failed()
    this.known = next
  }
}

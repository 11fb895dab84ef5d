/** For tests: what can happen to a desk of senders, as data. */
import * as fc from 'fast-check'
import { HOUR, MINUTE } from './desk.fixture.ts'
import type { AccountRef } from './types.ts'

export const ACCOUNTS: readonly AccountRef[] = [
  { channel: 'telegram', account: 'default' },
  { channel: 'telegram', account: 'second' },
  { channel: 'discord', account: 'default' },
]
/** The same on every network: nobody is another because of their number. */
export const PEOPLE = ['1', '2', '3', '4', '5', '6'] as const
export const OPERATORS = ['owner:owner', 'user:helper'] as const
export const POLICIES = ['pairing', 'locked', 'open', 'disabled'] as const

/** What the disk, or the process, does at the `at`th write of a command. */
export type Fate =
  | { readonly kind: 'fine' }
  | { readonly kind: 'full' | 'dies before' | 'dies after'; readonly at: number }

interface Someone {
  readonly person: number
  readonly account: number
}

/** Which request an operator means: one of those that there ever were, living or dead, or none. */
export interface Meant {
  readonly by: 'code' | 'id' | 'code elsewhere' | 'wrong code'
  readonly which: number
  readonly operator: number
}

export type Command =
  | (Someone & { readonly kind: 'writes'; readonly bearsName: boolean })
  | (Meant & { readonly kind: 'approves'; readonly forMs: number | null })
  | (Meant & { readonly kind: 'rejects' })
  | (Someone & { readonly kind: 'invites'; readonly forMs: number | null })
  | (Someone & { readonly kind: 'revokes'; readonly everywhere: boolean })
  | { readonly kind: 'passes'; readonly ms: number }
  | { readonly kind: 'restarts' }
  | {
      readonly kind: 'configures'
      readonly account: number
      readonly policy: number
      readonly everybody: boolean
      readonly named: boolean
      readonly listed: boolean
    }

export interface Step {
  readonly command: Command
  readonly fate: Fate
}

const someone = {
  person: fc.nat(PEOPLE.length - 1),
  account: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(ACCOUNTS.length - 1)),
}
const meant = {
  by: fc.oneof(
    { weight: 6, arbitrary: fc.constant('code' as const) },
    { weight: 3, arbitrary: fc.constant('id' as const) },
    fc.constant('code elsewhere' as const),
    { weight: 2, arbitrary: fc.constant('wrong code' as const) },
  ),
  // From the newest back.
  which: fc.nat(4),
  operator: fc.nat(OPERATORS.length - 1),
}
const forMs = fc.constantFrom(null, null, 0, 5 * MINUTE, 2 * HOUR)
const is = <Kind extends Command['kind']>(kind: Kind) => ({ kind: fc.constant(kind) })

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ ...is('writes'), ...someone, bearsName: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ ...is('approves'), ...meant, forMs }) },
  { weight: 2, arbitrary: fc.record({ ...is('rejects'), ...meant }) },
  { weight: 1, arbitrary: fc.record({ ...is('invites'), ...someone, forMs }) },
  { weight: 2, arbitrary: fc.record({ ...is('revokes'), ...someone, everywhere: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...is('passes'),
      ms: fc.constantFrom(1, MINUTE, 9 * MINUTE, 31 * MINUTE, HOUR, -MINUTE, -31 * MINUTE, -HOUR),
    }),
  },
  { weight: 1, arbitrary: fc.record(is('restarts')) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...is('configures'),
      account: someone.account,
      policy: fc.oneof(fc.constant(0), fc.nat(POLICIES.length - 1)),
      everybody: fc.boolean(),
      named: fc.boolean(),
      listed: fc.boolean(),
    }),
  },
)

const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'fine' as const }) },
  fc.record({
    kind: fc.constantFrom('full' as const, 'dies before' as const, 'dies after' as const),
    at: fc.nat(1),
  }),
)

const anyOne = fc.record({ command: anyCommand, fate: anyFate }).map((step) => [step])
const calmly = (...commands: readonly Command[]): readonly Step[] =>
  commands.map((command) => ({ command, fate: { kind: 'fine' } }))

/** An operator who guesses on and on. */
const guessing = fc
  .record({ ...is('rejects'), ...meant, by: fc.constant('wrong code' as const) })
  .map((command) => calmly(...Array.from({ length: 11 }, () => command)))

/** Somebody is in by a name that they gave up, for a while, and nobody else may ask. */
const pinnedForAWhile = fc
  .record(someone)
  .map(({ person, account }) =>
    calmly(
      { kind: 'configures', account, policy: 1, everybody: false, named: true, listed: false },
      { kind: 'writes', person, account, bearsName: true },
      { kind: 'approves', by: 'code', which: 0, operator: 0, forMs: MINUTE },
      { kind: 'passes', ms: MINUTE },
      { kind: 'writes', person, account, bearsName: false },
    ),
  )

/** Somebody is in on two accounts of one network. */
const twice = fc
  .record(someone)
  .map(({ person }) =>
    calmly(
      { kind: 'invites', person, account: 0, forMs: null },
      { kind: 'invites', person, account: 1, forMs: null },
      { kind: 'revokes', person, account: 0, everywhere: true },
    ),
  )

const anySteps = fc.oneof(
  { weight: 40, arbitrary: anyOne },
  { weight: 1, arbitrary: guessing },
  { weight: 1, arbitrary: pinnedForAWhile },
  { weight: 1, arbitrary: twice },
)

export const anyLife: fc.Arbitrary<readonly Step[]> = fc
  .array(anySteps, { minLength: 1, maxLength: 40, size: 'max' })
  .map((steps) => steps.flat())

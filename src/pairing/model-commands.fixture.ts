/** What may happen to a pairing desk, in plain words, so that a counterexample reads like a story. */
import * as fc from 'fast-check'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import type { SetupCode } from './types.ts'

/** What becomes of the first write of a command: the process may die on either side of it. */
export type Fate = 'kept' | 'disk full' | 'dies before' | 'dies after'

/** Who gives an order: the owner, somebody with `operator.pairing` alone, or a device, by its token or with the shared secret. */
export interface By {
  readonly who: 'owner' | 'helper' | 'token' | 'secret'
  readonly device: number
}

export type Shown =
  | { readonly kind: 'secret here' | 'secret there' | 'proxy user' | 'owner' }
  /** Of the tokens that this device was ever handed in any role, so many before the last. */
  | { readonly kind: 'token'; readonly of: number; readonly back: number }
  | { readonly kind: 'code'; readonly back: number }

export interface Connect {
  readonly does: 'connect'
  readonly device: number
  readonly role: Role
  readonly ask: readonly Scope[]
  readonly shown: Shown
  readonly proof: 'right' | 'broken'
  readonly from: string
  readonly fate: Fate
}

export type Order =
  | { readonly does: 'approve'; readonly back: number; readonly lasts: number | null }
  | { readonly does: 'reject'; readonly back: number }
  | {
      readonly does: 'rotate'
      readonly device: number
      readonly role: Role
      readonly scopes: readonly Scope[] | null
    }
  | { readonly does: 'revoke'; readonly device: number; readonly role: Role }
  | { readonly does: 'remove' | 'rename'; readonly device: number }
  | { readonly does: 'code'; readonly access: SetupCode['access'] }

export type Command =
  | Connect
  | (Order & { readonly by: By; readonly fate: Fate })
  | { readonly does: 'clock'; readonly byMs: number }
  | { readonly does: 'policy'; readonly required: boolean; readonly autoApprove: boolean }
  | { readonly does: 'crash' }
  | { readonly does: 'flush'; readonly fate: Fate }

export const DEVICES = 5
const MINUTE = 60_000

/** Most of it happens to two devices, so that things happen to the same one. */
const device = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1) },
  { weight: 3, arbitrary: fc.nat(DEVICES - 1) },
)
const role = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Role>('operator') },
  { weight: 2, arbitrary: fc.constant<Role>('node') },
  { weight: 1, arbitrary: fc.constant<Role>('webchat') },
)
const scopes = fc.constantFrom<readonly Scope[]>(
  [],
  ['operator.read'],
  ['operator.write'],
  ['operator.read', 'operator.pairing'],
  ['operator.read', 'operator.write', 'operator.tools', 'operator.pairing'],
  ['operator.admin'],
)
const fate = fc.oneof(
  { weight: 20, arbitrary: fc.constant<Fate>('kept') },
  { weight: 3, arbitrary: fc.constantFrom<Fate>('disk full', 'dies before', 'dies after') },
)
const by = fc.oneof(
  { weight: 6, arbitrary: fc.constant<By>({ who: 'owner', device: 0 }) },
  { weight: 1, arbitrary: fc.constant<By>({ who: 'helper', device: 0 }) },
  {
    weight: 4,
    arbitrary: fc.record<By>({ who: fc.constantFrom<By['who']>('token', 'secret'), device }),
  },
)
const back = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) })
const from = fc.constantFrom('203.0.113.9', '2001:db8::1', '2001:db8::2', '198.51.100.7')
const shown: fc.Arbitrary<Shown> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Shown>({ kind: 'secret here' }) },
  { weight: 4, arbitrary: fc.constant<Shown>({ kind: 'secret there' }) },
  { weight: 2, arbitrary: fc.constant<Shown>({ kind: 'proxy user' }) },
  { weight: 1, arbitrary: fc.constant<Shown>({ kind: 'owner' }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('token' as const), of: device, back }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('code' as const), back }) },
)

const connect: fc.Arbitrary<Connect> = fc
  .record({
    does: fc.constant('connect' as const),
    device,
    role,
    ask: scopes,
    shown,
    /** Mostly a device shows its own token and asks for little, and a code in the role that it is for. */
    own: fc.integer({ min: 0, max: 4 }),
    proof: fc.constantFrom<Connect['proof'][]>(
      'right',
      'right',
      'right',
      'right',
      'right',
      'broken',
    ),
    from,
    fate,
  })
  .map(({ own, ...rest }): Connect => {
    const { shown: what } = rest
    if (own === 0) return rest
    if (what.kind === 'token') return { ...rest, ask: [], shown: { ...what, of: rest.device } }
    return what.kind === 'code' ? { ...rest, role: 'node' } : rest
  })

const order: fc.Arbitrary<Order> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('approve' as const),
      back,
      lasts: fc.constantFrom(null, null, 5 * MINUTE, 60 * MINUTE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reject' as const), back }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('rotate' as const),
      device,
      role,
      scopes: fc.oneof(
        { weight: 2, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: scopes },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('revoke' as const), device, role }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('remove' as const, 'rename' as const), device }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('code' as const),
      access: fc.constantFrom<SetupCode['access'][]>('full', 'limited', 'node'),
    }),
  },
)

const around: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('clock' as const),
      byMs: fc.constantFrom(
        4_000,
        11_000,
        11_000,
        4 * MINUTE,
        6 * MINUTE,
        11 * MINUTE,
        -5 * MINUTE,
        -15 * MINUTE,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('policy' as const),
      required: fc.constantFrom(true, true, false),
      autoApprove: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ does: 'crash' }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('flush' as const), fate }) },
)

const ordered: fc.Arbitrary<Command> = fc
  .tuple(order, by, fate)
  .map(([what, who, becomes]) => ({ ...what, by: who, fate: becomes }))

export const anyCommands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: connect },
    { weight: 7, arbitrary: ordered },
    { weight: 3, arbitrary: around },
  ),
  { minLength: 1, maxLength: 44, size: 'max' },
)

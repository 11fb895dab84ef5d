/** `config.change`: changes one key of the configuration file, and puts it into force before the caller is answered (SPEC 14.5). */
import { z } from 'zod'
import { Refusal, defineOperation, type Call, type Operation } from './types.ts'

export interface WantedChange {
  /** As people type it: `gateway.auth.mode`. */
  readonly path: string
  /** `unset`: the key is removed, its default holds again. */
  readonly to: { readonly kind: 'set'; readonly value: unknown } | { readonly kind: 'unset' }
  /** It undoes itself after so many milliseconds unless somebody confirms it; `null`: it stays. */
  readonly confirmMs: number | null
  /** The caller may be cut off by it. */
  readonly force: boolean
}

export interface ConfigChanged {
  readonly path: string
  readonly file: string
  /** False when the file already said so. */
  readonly changed: boolean
  /** When it is undone, in milliseconds since the epoch; `null`: it stays. */
  readonly undoAt: number | null
  readonly warnings: readonly string[]
  /** What only a restart applies. */
  readonly waiting: readonly string[]
}

export type ChangeAnswer =
  | ({ readonly kind: 'done' } & ConfigChanged)
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Nothing was changed: whoever asks would not be let in any more. */
  | { readonly kind: 'cuts-off' }

export interface ConfigChangePort {
  change(wanted: WantedChange, call: Call): Promise<ChangeAnswer>
}

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** More than the longest name that a proxy gives somebody. */
const LONGEST_PATH = 1_000
/** No setting goes half as deep. */
const DEEPEST = 64

const input = z
  .strictObject({
    path: z.string().min(1).max(LONGEST_PATH),
    value: z
      .unknown()
      .refine((value) => isShallow(value, DEEPEST), { error: 'is nested too deeply' })
      .optional(),
    unset: z.literal(true).optional(),
    confirmMs: z.number().int().min(SECOND_MS).max(DAY_MS).optional(),
    force: z.boolean().optional(),
  })
  .refine(({ value, unset }) => (value === undefined) === (unset === true), {
    error: 'either value or unset: true is needed',
  })

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return left > 0 && Object.values(value).every((one) => isShallow(one, left - 1))
}

export function configChange(port: ConfigChangePort): Operation {
  return defineOperation({
    name: 'config.change',
    summary:
      'Changes one key of the configuration file; with `confirmMs` it is undone unless it is confirmed in time.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/config/change' },
    websocket: true,
    input,
    subject: ({ path, unset, confirmMs }) =>
      `${unset === true ? 'unset' : 'set'} ${path}${confirmMs === undefined ? '' : ` confirm=${confirmMs / SECOND_MS}s`}`,
    run: async ({ path, value, confirmMs, force = false }, call): Promise<ConfigChanged> => {
      const to = value === undefined ? { kind: 'unset' as const } : { kind: 'set' as const, value }
      const answer = await port.change({ path, to, confirmMs: confirmMs ?? null, force }, call)
      if (answer.kind === 'cuts-off') throw new Refusal('conflict', CUTS_OFF)
      if (answer.kind === 'refused') throw new Refusal('invalid_input', answer.message)
      const { kind: _, ...changed } = answer
      return changed
    },
  })
}

const CUTS_OFF =
  'you would not be let in any more, or with less than you hold; nothing was changed. Let it undo itself unless you get in ' +
  'again (`--confirm 5m`, confirmMs), or say that you mean it (`--force`, force)'

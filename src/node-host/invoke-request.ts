/** What a gateway asks a node to run, and the arguments in it (PROTOCOL 3.7). */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import type { NodeCommand, Outcome } from './types.ts'

const id = z.string().min(1).max(128)

const requestShape = z.looseObject({
  id,
  nodeId: z.string(),
  command: z.string().min(1).max(128),
  paramsJSON: z.string().nullish(),
  timeoutMs: z.number().positive().nullish(),
  idempotencyKey: z.string().min(1).max(512).nullish(),
})
export type InvokeRequest = z.output<typeof requestShape>

const cancelShape = z.looseObject({ invokeId: id })

const MAX_EXTRA_ARGS = 64
const MAX_EXTRA_CHARACTERS = 32 * 1024

const argument = z.string().refine((text) => !text.includes('\0') && text.isWellFormed())
const paramsShape = z.strictObject({
  args: z
    .array(argument)
    .max(MAX_EXTRA_ARGS)
    .refine((args) => args.join('').length <= MAX_EXTRA_CHARACTERS)
    .default([]),
})

/** `null`: it is none, and cannot even be answered. */
export function readInvokeRequest(payload: unknown): InvokeRequest | null {
  const parsed = requestShape.safeParse(payload)
  return parsed.success ? parsed.data : null
}

export function readCancel(payload: unknown): string | null {
  const parsed = cancelShape.safeParse(payload)
  return parsed.success ? parsed.data.invokeId : null
}

export type ExtraArgs =
  | { readonly kind: 'args'; readonly args: readonly string[] }
  | Extract<Outcome, { kind: 'failed' }>

/** Each stays one argument of the program, whatever is in it. */
export function extraArgsOf({ paramsJSON }: InvokeRequest, command: NodeCommand): ExtraArgs {
  const params = paramsShape.safeParse(paramsOf(paramsJSON))
  if (!params.success)
    return {
      kind: 'failed',
      code: 'invalid-params',
      message: `params must be { "args": [strings] }, at most ${MAX_EXTRA_ARGS} of them and ${MAX_EXTRA_CHARACTERS} characters in all`,
    }
  const { args } = params.data
  const accepted = command.kind === 'program' && command.extraArgs === 'accepted'
  return args.length === 0 || accepted
    ? { kind: 'args', args }
    : { kind: 'failed', code: 'not-allowed', message: `${command.name} takes no arguments here` }
}

/** None, and `null`, are no arguments; what is no JSON is none of both. */
function paramsOf(paramsJSON: string | null | undefined): unknown {
  if (typeof paramsJSON !== 'string') return {}
  const params = jsonOf(paramsJSON)
  return params === null ? {} : params
}

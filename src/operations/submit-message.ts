/** Gives a caller's message to the runs, for every operation that sends one. */
import { MAX_MESSAGE_LENGTH, type RefusedRun, type Submitted } from '../agents/submit.ts'
import type { Runs } from '../agents/runs.ts'
import { unreachable } from '../core/never.ts'
import { randomText } from '../core/ids.ts'
import type { ChosenSession } from './session-choice.ts'
import { Refusal, type Call } from './types.ts'

export const MAX_IDEMPOTENCY_KEY_LENGTH = 256

export interface MessageInput {
  readonly message: string
  /** Made here when the caller gave none: over REST a call is one run. */
  readonly idempotencyKey?: string | undefined
  readonly attachments?: readonly unknown[] | undefined
}

export type AcceptedRun = Extract<Submitted, { readonly kind: 'accepted' }>

/** Resolves when the message is on disk. Throws `Refusal` for what cannot be sent. */
export async function submitMessage(
  runs: Runs,
  session: ChosenSession,
  input: MessageInput,
  call: Call,
): Promise<AcceptedRun> {
  // A lone surrogate is no character: neither store would give it back as it came.
  const message = input.message.toWellFormed()
  if (message.trim() === '') throw new Refusal('invalid_input', 'message is empty')
  if (message.length > MAX_MESSAGE_LENGTH)
    throw new Refusal('invalid_input', `message is longer than ${MAX_MESSAGE_LENGTH} characters`)
  if (message.includes('\0'))
    throw new Refusal('invalid_input', 'message has a NUL character in it')
  if (input.attachments !== undefined && input.attachments.length > 0)
    throw new Refusal('invalid_input', 'attachments: this gateway takes text only')

  const submitted = await runs.submit({
    ...session,
    message,
    caller: { principal: call.principal, method: call.method },
    idempotencyKey: input.idempotencyKey ?? `run-${randomText(12)}`,
  })
  if (submitted.kind === 'refused') throw refusalOf(submitted)
  return submitted
}

function refusalOf({ why, detail }: RefusedRun): Refusal {
  switch (why) {
    case 'unknown-agent':
    case 'key-reused':
    case 'key-reserved':
      return new Refusal('invalid_input', detail)
    case 'busy':
      return new Refusal('busy', detail)
    case 'store':
      return new Refusal('store_unavailable', detail)
    case 'stopping':
      return new Refusal('stopping', detail)
    default:
      return unreachable(why)
  }
}

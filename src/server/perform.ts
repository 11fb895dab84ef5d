/** A decision and an operation in, an Outcome out. Once per HTTP request, and once per WebSocket frame. */
import { authorize } from '../access/authorize.ts'
import { HeldRefusal } from '../operations/held.ts'
import { Refusal, type Call, type Operation } from '../operations/types.ts'
import type { RequestEntry } from '../record/types.ts'
import type { Gateway, RequestQuota } from './gateway.ts'
import { refused, type Allowed, type Outcome } from './outcome.ts'
import { describeIssues } from './invalid-input.ts'
import { recordedChange } from './recorded-change.ts'

/** One call of one operation. */
export interface Performance {
  readonly operation: Operation
  readonly input: unknown
  readonly call: Call
  /** Builds the record's entry of this call; asked only when it is written. */
  readonly entry: () => RequestEntry
}

/** The scope that the operation declares. `null`: this caller holds it. */
export function refuseScope(operation: Operation, { principal }: Allowed): Outcome | null {
  const { requires, webchat } = operation
  if (requires === 'public') return null
  const permission = authorize(principal, { requires, webchat })
  if (permission.kind === 'allowed') return null
  if (permission.missing === 'role') return refused('role_not_allowed', 'this role may not do this')
  return {
    ...refused('missing_scope', `missing scope: ${permission.missing}`),
    missing: permission.missing,
  }
}

/** The request limits of this caller. `null`: one more is allowed. */
export function refuseQuota(quota: RequestQuota | null): Outcome | null {
  if (quota === null || quota.allowed) return null
  return { ...refused('request_limit'), retryAfterMs: quota.resetMs }
}

/** Parses the input and runs the operation; a change is on the record before it begins. Never rejects for what the operation does. */
export function perform(performance: Performance, gateway: Gateway): Outcome | Promise<Outcome> {
  const { operation, input, call } = performance
  const parsed = operation.input.safeParse(input ?? {})
  if (!parsed.success) {
    return refused(
      'invalid_input',
      `invalid ${operation.name} params: ${describeIssues(parsed.error)}`,
    )
  }
  if (operation.changes) {
    if (operation.requires === 'public') return changeForAnybody(performance, parsed.data, gateway)
    return change(performance, parsed.data, gateway)
  }
  try {
    const output = operation.run(parsed.data, call)
    if (!(output instanceof Promise)) return { kind: 'served', output }
    return output.then(served, (error: unknown) => outcomeOf(error, call, gateway))
  } catch (error) {
    return outcomeOf(error, call, gateway)
  }
}

function served(output: unknown): Outcome {
  return { kind: 'served', output }
}

async function change(
  { operation, call, entry }: Performance,
  input: unknown,
  gateway: Gateway,
): Promise<Outcome> {
  const about = subjectOf(operation, input)
  if (about instanceof Refusal) return refused(about.reason, about.message)
  const outcome = await recordedChange(
    {
      requestId: call.requestId,
      entry: { ...entry(), ...about },
      withoutRecord: call.surface === 'owner' ? 'allowed' : 'refused',
      run: () =>
        Promise.resolve()
          .then(() => operation.run(input, call))
          .then(served, (error: unknown) => outcomeOf(error, call, gateway)),
    },
    gateway,
  )
  return outcome ?? refused('record_unavailable', RECORD_UNAVAILABLE)
}

/** What names nothing that could be changed is refused here, before the record says that a change begins. */
function subjectOf(operation: Operation, input: unknown): Pick<RequestEntry, 'subject'> | Refusal {
  try {
    const subject = operation.subject?.(input)
    return subject === undefined ? {} : { subject }
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/**
 * A change that a stranger may ask for (the login): its entry is written when it was made, and is on disk before
 * the answer. Before that a stranger's every try would cost two synced lines; as it is a refusal costs what refusals cost.
 */
async function changeForAnybody(
  { operation, call, entry }: Performance,
  input: unknown,
  gateway: Gateway,
): Promise<Outcome> {
  if (!gateway.record.writable) return refused('record_unavailable', RECORD_UNAVAILABLE)
  const outcome = await Promise.resolve()
    .then(() => operation.run(input, call))
    .then(served, (error: unknown) => outcomeOf(error, call, gateway))
  if (outcome.kind !== 'served') return outcome

  const opened = await gateway.record.open(entry()).catch(() => null)
  if (opened === null) return refused('record_unavailable', RECORD_UNAVAILABLE)
  await gateway.record
    .close(opened, 'done', null)
    .catch(() => gateway.log.error(`the record could not close ${call.requestId}`))
  return outcome
}

const RECORD_UNAVAILABLE = 'changes are refused while the record cannot be written'

function outcomeOf(error: unknown, call: Call, gateway: Gateway): Outcome {
  if (error instanceof HeldRefusal)
    return { ...refused('locked'), retryAfterMs: error.retryAfterMs }
  if (error instanceof Refusal) return refused(error.reason, error.message)
  const unwritable = unwritableState(error)
  if (unwritable !== null) {
    gateway.log.error(`request ${call.requestId}: ${unwritable}`)
    return refused('store_unavailable', unwritable)
  }
  gateway.log.failure(`request ${call.requestId} failed`, error)
  return { kind: 'failed' }
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk does not work',
}

/** A disk that takes no more is no bug: whoever asked can free some space. */
function unwritableState(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = UNWRITABLE[code]
  return why === undefined ? null : `the state dir cannot be written: ${why}`
}

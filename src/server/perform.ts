/** A decision and an operation in, an Outcome out. Once per HTTP request, and once per WebSocket frame. */
import { authorize } from '../access/authorize.ts'
import { Refusal, type Call, type Operation } from '../operations/types.ts'
import type { RequestEntry } from '../record/types.ts'
import type { Gateway } from './gateway.ts'
import { refused, type Allowed, type Outcome } from './outcome.ts'
import { describeIssues } from './invalid-input.ts'

export interface Performance {
  readonly operation: Operation
  readonly input: unknown
  readonly call: Call
  /** Builds the record's entry of this call; asked only when it is written. */
  readonly entry: () => RequestEntry
}

/** Scope, then request limit: whether this caller may do this now. `null`: it may. */
export function refuseCaller(
  operation: Operation,
  decision: Allowed,
  gateway: Gateway,
): Outcome | null {
  if (operation.requires !== 'public') {
    const permission = authorize(decision.principal, operation.requires)
    if (permission.kind === 'forbidden') {
      if (permission.missing === 'role')
        return refused('role_not_allowed', 'this role may not do this')
      return {
        ...refused('missing_scope', `missing scope: ${permission.missing}`),
        missing: permission.missing,
      }
    }
  }
  const quota = gateway.requestLimits.take(decision)
  if (quota === null || quota.allowed) return null
  return { ...refused('request_limit'), retryAfterMs: quota.resetMs }
}

export function perform(performance: Performance, gateway: Gateway): Outcome | Promise<Outcome> {
  const { operation, input, call } = performance
  const parsed = operation.input.safeParse(input ?? {})
  if (!parsed.success) {
    return refused(
      'invalid_input',
      `invalid ${operation.name} params: ${describeIssues(parsed.error)}`,
    )
  }
  if (operation.changes) return change(performance, parsed.data, gateway)
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

/**
 * The entry is on disk before anything changes and closed after, so that a crash leaves a visible open
 * one. The owner's socket goes on without a record: whoever sits on the host must be able to repair it.
 */
async function change(
  { operation, call, entry }: Performance,
  input: unknown,
  gateway: Gateway,
): Promise<Outcome> {
  const owner = call.surface === 'owner'
  const opened = await gateway.record.open(entry()).catch(() => null)
  if (opened === null && !owner)
    return refused('record_unavailable', 'changes are refused while the record cannot be written')

  const outcome = await Promise.resolve()
    .then(() => operation.run(input, call))
    .then(served, (error: unknown) => outcomeOf(error, call, gateway))
  if (opened !== null) {
    const code = outcome.kind === 'refused' ? outcome.code : null
    const closed = gateway.record.close(opened, outcome.kind === 'served' ? 'done' : 'failed', code)
    await closed.catch(() => gateway.log.error(`the record could not close ${call.requestId}`))
  }
  return outcome
}

function outcomeOf(error: unknown, call: Call, gateway: Gateway): Outcome {
  if (error instanceof Refusal) return refused(error.reason, error.message)
  gateway.log.error(`request ${call.requestId} failed`, { error })
  return { kind: 'failed' }
}

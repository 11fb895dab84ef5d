/** For tests: runs an operation as the server would, with parsed input and an authenticated caller. */
import { ALL_SCOPES, type Scope } from '../access/scopes.ts'
import { STRANGER } from '../access/scene.fixture.ts'
import type { Call, Operation } from './types.ts'

export function operatorCall(scopes: readonly Scope[] = ALL_SCOPES): Call {
  return {
    requestId: 'request-1',
    principal: {
      kind: 'shared',
      id: 'token',
      displayName: 'gateway token',
      role: 'operator',
      scopes,
      credentialId: 'digest',
    },
    method: 'token',
    clientAddress: '192.0.2.7',
    surface: 'http',
    evidence: STRANGER,
    connectionId: null,
    signal: new AbortController().signal,
    emit: () => undefined,
  }
}

/** Rejects with the schema's error for bad input and with whatever the operation throws. */
export async function runOperation(
  operation: Operation,
  input: unknown = {},
  call: Call = operatorCall(),
) {
  return operation.run(operation.input.parse(input), call)
}

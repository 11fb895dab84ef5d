/** `whoami`: as whom the gateway sees the caller, and by which method. */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

export function whoami(): Operation {
  return defineOperation({
    name: 'whoami',
    summary: 'As whom the gateway sees you.',
    requires: 'principal',
    changes: false,
    http: { method: 'GET', path: '/api/v1/whoami' },
    websocket: true,
    input: z.strictObject({}),
    run: (_input, { principal, method, clientAddress }) => {
      const { kind, id, displayName, role, scopes } = principal
      return { principal: { kind, id, displayName, role, scopes }, method, clientAddress }
    },
  })
}

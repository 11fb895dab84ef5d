/** `agents.list`: who can be talked to here. */
import { z } from 'zod'
import type { Agents } from '../agents/index.ts'
import { MAIN_KEY } from '../agents/session-key.ts'
import { defineOperation, type Operation } from './types.ts'

/** `agents`: asked each time, since a reload may have changed the list. */
export function agentsList(agents: () => Agents): Operation {
  return defineOperation({
    name: 'agents.list',
    summary: 'The agents of this gateway, and which of them answers when none is named.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/agents' },
    websocket: true,
    input: z.strictObject({}),
    run() {
      const { defaultId, all } = agents()
      return {
        defaultId,
        mainKey: MAIN_KEY,
        scope: 'per-sender',
        agents: all.map(({ id, name, model }) => ({
          id,
          kind: 'agent',
          name,
          identity: { name },
          ...(model === null ? {} : { model: { primary: `${model.provider}/${model.name}` } }),
        })),
      }
    },
  })
}

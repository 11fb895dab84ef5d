/** `gateway.stop`: end this process after what it is doing (SPEC 1: SIGTERM drains). */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

/** How the process ends. Both return at once: the answer must still reach the caller. */
export interface Lifecycle {
  readonly pid: number
  /** As SIGTERM: stop accepting, finish what runs, sync, exit 0. */
  stop(reason: string): void
  /** The same, then start again with the same arguments. False where nothing would start it again. */
  restart(reason: string): boolean
  /** Takes over what the files say; why it would not start with them, `null` when it would. */
  whyNotAgain(): Promise<string | null>
}

export const lifecycleInput = z.strictObject({ reason: z.string().max(200).optional() })

export function gatewayStop(lifecycle: Lifecycle): Operation {
  return defineOperation({
    name: 'gateway.stop',
    summary: 'Stops the gateway after it finished what it is doing.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/gateway/stop' },
    websocket: true,
    input: lifecycleInput,
    run: ({ reason }, { principal }) => {
      lifecycle.stop(reason ?? `asked by ${principal.kind}:${principal.id}`)
      return { ok: true, stopping: true, pid: lifecycle.pid }
    },
  })
}

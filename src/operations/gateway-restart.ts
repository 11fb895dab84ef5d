/** `gateway.restart`: end this process after what it is doing, and start it again. */
import { Refusal, defineOperation, type Operation } from './types.ts'
import { lifecycleInput, type Lifecycle } from './gateway-stop.ts'

export function gatewayRestart(lifecycle: Lifecycle): Operation {
  return defineOperation({
    name: 'gateway.restart',
    summary: 'Restarts the gateway after it finished what it is doing.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/gateway/restart' },
    websocket: true,
    input: lifecycleInput,
    run: async ({ reason }, { principal }) => {
      // Once it has stopped nobody is there to say that it cannot come back.
      const why = await lifecycle.whyNotAgain()
      if (why !== null)
        throw new Refusal(
          'conflict',
          `nothing was restarted, and the gateway keeps the configuration it has: it would not start again. ${why}`,
        )
      const restarting = lifecycle.restart(reason ?? `asked by ${principal.kind}:${principal.id}`)
      if (!restarting) {
        throw new Refusal(
          'invalid_input',
          'this gateway cannot start itself again here: stop it (`openclaw gateway stop`) and start it as you did',
        )
      }
      return { ok: true, restarting: true, pid: lifecycle.pid }
    },
  })
}

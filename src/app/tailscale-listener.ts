/** The listener behind `tailscale serve|funnel`: identity counts on it alone, and Tailscale is told of it and untold (SPEC 2.6). */
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { Listener } from '../access/types.ts'
import type { Config } from '../config/schema.ts'
import { tailscaleCommand } from '../host/tailscale-command.ts'
import { SERVE_COMMAND, tailscaleServe } from '../host/tailscale-serve.ts'
import type { ListeningAddress } from '../operations/status.ts'
import { listenAt } from './listeners.ts'
import { StartProblem } from './start-problem.ts'

export interface TailscaleParts {
  readonly mode: Config['gateway']['tailscale']['mode']
  readonly stateDir: string
  readonly path: string
  readonly makeServer: (listener: Listener) => Server
  readonly warn: (message: string) => void
}

export interface TailscaleListener {
  readonly at: readonly ListeningAddress[]
  /** Undoes exactly what was set. */
  stop(): Promise<void>
}

/** Throws {@link StartProblem} when Tailscale will not serve. With mode off it only clears what a killed gateway left behind. */
export async function openTailscale(
  parts: TailscaleParts,
  servers: Server[],
): Promise<TailscaleListener> {
  const { mode, stateDir, path, makeServer, warn } = parts
  const serve = tailscaleServe({
    command: tailscaleCommand({ path, ...SERVE_COMMAND }),
    noteFile: join(stateDir, 'tailscale-serve.json'),
  })
  const stop = async (): Promise<void> => {
    const stopped = await serve.stop()
    if (stopped.kind === 'refused') warn(stopped.message)
  }
  if (mode === 'off') {
    await stop()
    return { at: [], stop: async () => {} }
  }
  const listening = await listenAt(
    {
      listener: 'tailscale',
      places: [{ address: '127.0.0.1', optional: false }],
      port: 0,
      makeServer,
    },
    servers,
  )
  if (listening.kind === 'refused') throw new StartProblem(listening.message)
  const [at] = listening.at
  const started = await serve.start(mode, at?.port ?? 0)
  if (started.kind === 'refused')
    throw new StartProblem(`gateway.tailscale.mode "${mode}": ${started.message}`)
  return { at: listening.at, stop }
}

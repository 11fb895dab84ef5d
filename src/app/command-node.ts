/** `openclaw connect`: this machine's device identity, its list of commands and a gateway, joined until somebody ends it. */
import { deviceFor } from '../cli/device.ts'
import { interrupted } from '../cli/interrupted.ts'
import type { NodeEnd, NodeOptions } from '../cli/parts.ts'
import { webSocketUrl } from '../cli/targets.ts'
import type { Io } from '../cli/types.ts'
import { systemClock } from '../core/clock.ts'
import { ensureDeviceIdentity } from '../host/device-identity.ts'
import { NodeHost } from '../node-host/node-host.ts'
import { ProcessGroups } from '../node-host/process-groups.ts'
import { serveNode } from '../node-host/serve-node.ts'
import type { Tell } from '../node-host/types.ts'
import { VERSION } from '../version.ts'

export async function serveAsNode(
  { url, commands, ...options }: NodeOptions,
  { stateDir, env }: { readonly stateDir: string; readonly env: Io['env'] },
  tell: Tell,
): Promise<NodeEnd> {
  const identity = await ensureDeviceIdentity(stateDir, systemClock())
  const read = await deviceFor(url, stateDir, identity)
  if (read.kind !== 'device')
    return { kind: 'no-device', message: read.kind === 'refused' ? read.message : 'no identity' }
  const { deviceId, deps, tokens } = read.device
  const groups = new ProcessGroups()
  process.once('exit', () => groups.killAll())
  tell({ kind: 'started', deviceId, commands: [...commands.keys()] })

  const host = new NodeHost({ deviceId, commands, groups, env, clock: systemClock, tell })
  const end = await serveNode({
    ...options,
    url: webSocketUrl(url),
    hostDeps: deps,
    version: VERSION,
    commands: [...commands.keys()],
    host,
    tell(told) {
      tell(told)
      if (told.kind !== 'connected') return
      void tokens.saved().then((saved) => {
        if (saved.kind === 'failed') tell({ kind: 'token-not-kept', why: saved.why })
      })
    },
    signal: interrupted(),
  })
  // A setup code works once: whoever is ended as soon as it is connected comes back by what it was given.
  await tokens.saved()
  return end
}

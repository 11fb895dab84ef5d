/** A gateway from its configuration to open sockets, top to bottom: what is started here is stopped in `running.ts`. */
import type { Server } from 'node:http'
import { systemClock } from '../core/clock.ts'
import { requestIds } from '../core/ids.ts'
import { configHost } from '../host/config-host.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import { tmpdir } from 'node:os'
import type { GatewayOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { firstStart } from '../config/first-start.ts'
import type { Config } from '../config/schema.ts'
import type { LoadRequest } from '../config/gather.ts'
import { problemText } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { knownSecrets } from './known-secrets.ts'
import { keysLikeSecrets } from './key-classes.ts'
import { isOpen } from './exposure.ts'
import { askHost } from './host-facts.ts'
import { listenAt, listenForOwner, placesFor, portsOf } from './listeners.ts'
import { LiveAccess } from './live-access.ts'
import { pendingAtStart } from './config-trial-start.ts'
import { joinGateway, type Joined } from './join.ts'
import { DOES_NOT_START } from '../cli/parts.ts'
import { StartProblem } from './start-problem.ts'
import { openState, type State } from './state.ts'
import { openTailscale, type TailscaleListener } from './tailscale-listener.ts'
import type { ListeningAddress } from '../operations/status.ts'

export interface StartOptions {
  readonly options: GatewayOptions
  readonly stateDir: string
  readonly io: Io
  readonly version: string
  readonly stop: (reason: string) => void
  readonly restart: (reason: string) => boolean
}

export interface Started extends Joined {
  readonly request: LoadRequest
  readonly state: State
  readonly live: LiveAccess
  readonly servers: readonly Server[]
  readonly at: readonly ListeningAddress[]
  readonly ownerSocket: string
  readonly tailscale: TailscaleListener
  /** What its sockets and its store were opened with, whatever a reload brought since. */
  readonly startedWith: Config
}

/** Throws {@link StartProblem} when the gateway must not or cannot start; whatever was opened is closed again. */
export async function startGateway(start: StartOptions): Promise<Started> {
  const { options, stateDir, io } = start
  const { verbose, ...flags } = options
  const request: LoadRequest = {
    variables: io.env,
    flags,
    host: configHost(io.env),
    missing: 'refuse',
  }
  const pending = await pendingAtStart(request, systemClock())
  const ready = await firstStart(request)
  if (ready.kind === 'refused') throw new StartProblem(ready.problems.map(problemText).join('\n'))
  const { loaded, rules } = ready
  if (rules.problems.length > 0) throw new StartProblem(rules.problems.map(problemText).join('\n'))

  const holder: { live: LiveAccess | null; joined: Joined | null } = { live: null, joined: null }
  const config = () => holder.live?.current().loaded.config ?? loaded.config
  const [state, host] = await Promise.all([
    openState({
      stateDir,
      config,
      strict: isOpen(loaded.config),
      verbose,
      secrets: knownSecrets(loaded),
      write: (text) => io.stdout(text),
      onSessionsEnded: () => void holder.joined?.judgeAll(),
      onPairing: (event) => holder.joined?.announce(event),
      onSender: (event) => holder.joined?.announceSender(event),
    }),
    askHost(loaded.config, io.env['PATH'] ?? ''),
  ])
  const servers: Server[] = []
  try {
    if (host.tailnetProblem !== null)
      state.log.warn(`Tailscale cannot be asked: ${host.tailnetProblem}`)
    const shared = startRules(loaded.config, keysLikeSecrets(loaded.config, state.apiKeys)).problems
    if (shared.length > 0) throw new StartProblem(shared.map(problemText).join('\n'))
    const live = new LiveAccess(
      {
        apiKeys: state.apiKeys,
        sessions: state.sessions,
        devices: state.pairing.book,
        limits: state.throttle,
        brownouts: state.brownout,
        fingerprints: state.fingerprints,
      },
      host.host,
      { loaded, rules },
    )
    holder.live = live
    const at: ListeningAddress[] = []
    const joined = joinGateway({
      start,
      request,
      state,
      live,
      host,
      at,
      pending,
      newRequestId: requestIds(),
      clock: systemClock,
    })
    holder.joined = joined

    const { gateway } = loaded.config
    const { makeServer } = joined
    const places = placesFor(gateway, host.tailnetAddresses)
    for (const wanted of portsOf(gateway)) {
      const listening = await listenAt({ ...wanted, places, makeServer }, servers)
      if (listening.kind === 'refused') throw new StartProblem(listening.message)
      at.push(...listening.at)
    }
    const socket = ownerSocketPath({
      stateDir,
      env: io.env,
      uid: process.getuid?.() ?? 0,
      temporary: tmpdir(),
    })
    if (socket.kind === 'none') throw new StartProblem(socket.message)
    const owner = makeServer('owner')
    const owned = await listenForOwner(owner, socket.path)
    if (owned.kind === 'refused') throw new StartProblem(owned.message)
    servers.push(owner)
    const tailscale = await openTailscale(
      {
        mode: gateway.tailscale.mode,
        stateDir,
        path: io.env['PATH'] ?? '',
        makeServer,
        warn: (message) => state.log.warn(message),
      },
      servers,
    )
    at.push(...owned.at, ...tailscale.at)
    await joined.traces.apply(loaded.config)
    joined.started()
    await joined.channels.start()
    return {
      ...joined,
      request,
      state,
      live,
      servers,
      at,
      ownerSocket: socket.path,
      tailscale,
      startedWith: loaded.config,
    }
  } catch (error) {
    for (const server of servers) server.close()
    // Whoever asked for a restart looks for it there.
    if (error instanceof StartProblem) state.log.error(`${DOES_NOT_START}${error.message}`)
    await state.close()
    throw error
  }
}

/** A gateway from its configuration to open sockets, top to bottom: what is started here is stopped in `running.ts`. */
import type { Server } from 'node:http'
import { DOES_NOT_START, type GatewayOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { firstStart, type Ready } from '../config/first-start.ts'
import type { LoadRequest } from '../config/gather.ts'
import type { Loaded } from '../config/load.ts'
import { problemText, type Problem } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import { startRules } from '../config/start-rules.ts'
import { systemClock } from '../core/clock.ts'
import { requestIds } from '../core/ids.ts'
import { configHost } from '../host/config-host.ts'
import type { ListeningAddress } from '../operations/status.ts'
import { pendingAtStart, undoneForStart, type AtStart } from './config-trial-start.ts'
import { isOpen } from './exposure.ts'
import { askHost, type HostParts } from './host-facts.ts'
import type { JoinParts } from './join-base.ts'
import { joinGateway, type Joined } from './join.ts'
import { keysLikeSecrets } from './key-classes.ts'
import { knownSecrets } from './known-secrets.ts'
import { LiveAccess } from './live-access.ts'
import { openSockets, type Opened, type Sockets } from './open-sockets.ts'
import { StartProblem } from './start-problem.ts'
import type { StateOptions } from './state-parts.ts'
import { openState, type State } from './state.ts'

export interface StartOptions {
  readonly options: GatewayOptions
  readonly stateDir: string
  readonly io: Io
  readonly version: string
  readonly stop: (reason: string) => void
  readonly restart: (reason: string) => boolean
}

export interface Started extends Joined, Sockets {
  readonly request: LoadRequest
  readonly state: State
  readonly live: LiveAccess
  readonly servers: readonly Server[]
  readonly at: readonly ListeningAddress[]
  /** What its sockets and its store were opened with, whatever a reload brought since. */
  readonly startedWith: Config
}

/** Throws {@link StartProblem} when the gateway must not or cannot start; whatever was opened is closed again. */
export async function startGateway(start: StartOptions): Promise<Started> {
  const request = requestOf(start)
  const pending = await pendingAtStart(request, systemClock())
  try {
    return await startOnce(start, request, pending)
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error
    const undone = await undoneForStart(request, pending, error.message)
    if (undone === null) throw error
    return startOnce(start, request, undone)
  }
}

async function startOnce(
  start: StartOptions,
  request: LoadRequest,
  pending: AtStart,
): Promise<Started> {
  const ready = await readyToStart(request)
  const holder: Holder = { live: null, joined: null }
  const [state, host] = await Promise.all([
    openState(stateParts(start, ready.loaded, holder)),
    askHost(ready.loaded.config, start.io.env['PATH'] ?? ''),
  ])
  const opened: Opened = { servers: [], at: [] }
  try {
    const prepared = { start, request, pending, ready, state, host, holder }
    return await joinAndListen(prepared, opened)
  } catch (error) {
    for (const server of opened.servers) server.close()
    // Whoever asked for a restart looks for it there.
    if (error instanceof StartProblem) state.log.error(`${DOES_NOT_START}${error.message}`)
    await state.close()
    throw error
  }
}

interface Prepared extends Pick<JoinParts, 'start' | 'request' | 'pending' | 'state' | 'host'> {
  readonly ready: Ready
  readonly holder: Holder
}

async function joinAndListen(
  { ready, holder, ...parts }: Prepared,
  opened: Opened,
): Promise<Started> {
  const { start, request, state, host } = parts
  const { loaded } = ready
  if (host.tailnetProblem !== null)
    state.log.warn(`Tailscale cannot be asked: ${host.tailnetProblem}`)
  refuse(startRules(loaded.config, keysLikeSecrets(loaded.config, state.apiKeys)).problems)
  const live = liveAccess(state, host, ready)
  holder.live = live
  const { at, servers } = opened
  const joined = joinGateway({
    ...parts,
    live,
    at,
    newRequestId: requestIds(),
    clock: systemClock,
  })
  holder.joined = joined
  const { makeServer } = joined
  const { gateway } = loaded.config
  const sockets = await openSockets({ start, gateway, host, state, makeServer }, opened)
  await joined.traces.apply(loaded.config)
  joined.started()
  await joined.channels.start()
  return { ...joined, request, state, live, servers, at, ...sockets, startedWith: loaded.config }
}

/** What the state hears of only once it is open. */
interface Holder {
  live: LiveAccess | null
  joined: Joined | null
}

function requestOf({ options, io }: StartOptions): LoadRequest {
  const { verbose: _, ...flags } = options
  return { variables: io.env, flags, host: configHost(io.env), missing: 'refuse' }
}

async function readyToStart(request: LoadRequest): Promise<Ready> {
  const ready = await firstStart(request)
  if (ready.kind === 'refused') throw problem(ready.problems)
  refuse(ready.rules.problems)
  return ready
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw problem(problems)
}

function problem(problems: readonly Problem[]): StartProblem {
  return new StartProblem(problems.map(problemText).join('\n'))
}

function stateParts(
  { options, stateDir, io }: StartOptions,
  loaded: Loaded,
  holder: Holder,
): StateOptions {
  return {
    stateDir,
    config: () => holder.live?.current().loaded.config ?? loaded.config,
    strict: isOpen(loaded.config),
    verbose: options.verbose,
    secrets: knownSecrets(loaded),
    write: (text) => io.stdout(text),
    onSessionsEnded: () => void holder.joined?.judgeAll(),
    onPairing: (event) => holder.joined?.announce(event),
    onSender: (event) => holder.joined?.announceSender(event),
  }
}

function liveAccess(
  { apiKeys, sessions, pairing, throttle, brownout, fingerprints }: State,
  { host }: HostParts,
  ready: Pick<Ready, 'loaded' | 'rules'>,
): LiveAccess {
  const devices = pairing.book
  const stores = { apiKeys, sessions, devices, limits: throttle, brownouts: brownout, fingerprints }
  return new LiveAccess(stores, host, ready)
}

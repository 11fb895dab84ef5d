/** The composition root: lock, start, run until told to stop, and start again when told to restart. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { GatewayOptions } from './cli/parts.ts'
import { EXIT, type Io } from './cli/types.ts'
import { acquireGatewayLock, type GatewayLock } from './host/gateway-lock.ts'
import { prepareStateDir, reopenFolder } from './host/state-dir.ts'
import { stateDirOf } from './config/locate.ts'
import { systemClock } from './core/clock.ts'
import { loginUrl } from './access/login-links.ts'
import { OWNER } from './access/methods/local-direct.ts'
import { banner, baseUrl } from './app/banner.ts'
import { containFaults } from './app/faults.ts'
import { keepCurrent, stopGateway } from './app/running.ts'
import { StartProblem } from './app/start-problem.ts'
import { startGateway, type Started } from './app/start.ts'
import { VERSION } from './version.ts'
import { StoreProblem } from './storage/store-problem.ts'

/** Runs in the foreground until SIGTERM or SIGINT. Resolves to the exit code: 0 stopped, 1 could not start. */
export async function runGateway(options: GatewayOptions, io: Io): Promise<number> {
  const uid = process.getuid?.() ?? null
  const state = prepareStateDir(stateDirOf(io.env, io.env['HOME'] || homedir()), uid)
  if (state.kind === 'refused') return refuse(io, state.message)
  if (options.config !== undefined && !existsSync(options.config)) {
    return refuse(
      io,
      `--config ${options.config}: there is no such file. Without --config the gateway makes ${state.path}/openclaw.json itself`,
    )
  }
  // Every socket that ends makes Node capture a trace or two that nobody will read; only --verbose shows one.
  if (!options.verbose) Error.stackTraceLimit = 0
  // What libraries will have to change one day is nothing that an operator can do something about.
  if (!options.verbose) process.noDeprecation = true
  const reopened = reopenFolder(join(state.path, 'credentials'), uid)
  const warnings = [...state.warnings, ...(reopened === null ? [] : [reopened])]
  for (const warning of warnings) io.stderr(`openclaw: warning: ${warning}\n`)

  const lock = acquireGatewayLock(state.path)
  if (lock.kind === 'impossible') return refuse(io, lock.message)
  if (lock.kind === 'taken') return refuse(io, taken(lock, state.path))
  try {
    return await runWhileHeld({ options, io, stateDir: state.path, lock })
  } finally {
    lock.release()
  }
}

interface Run {
  readonly options: GatewayOptions
  readonly io: Io
  readonly stateDir: string
  readonly lock: Extract<GatewayLock, { kind: 'held' }>
}

interface Ending {
  readonly reason: string
  readonly restarts: boolean
  /** Too many faults: a supervisor should start it afresh. */
  readonly faulty?: true
}

async function runWhileHeld(run: Run): Promise<number> {
  const order = signals()
  try {
    for (;;) {
      const ended = await runOnce(run, order)
      if (ended === 'refused') return 1
      if (ended.restarts && order.renew()) continue
      return ended.faulty === true ? EXIT.fault : EXIT.done
    }
  } finally {
    order.end()
  }
}

async function runOnce(
  { options, io, stateDir, lock }: Run,
  order: Signals,
): Promise<Ending | 'refused'> {
  const started = await start({ options, io, stateDir }, order)
  if (started === null) return 'refused'
  const faults = containFaults({
    clock: systemClock,
    report: (error) => started.state.log.failure('a fault of ours was contained', error),
    giveUp: () => order.give({ reason: 'too many faults', restarts: false, faulty: true }),
  })
  const watching = await keepCurrent(started)
  order.onHup(() => void started.reload.now())
  announce(started, io)
  const [tcp] = started.at
  const info = {
    pid: process.pid,
    port: tcp?.port ?? 0,
    bind: started.at.flatMap(({ address, port }) => (port === null ? [] : [address])),
    ownerSocket: started.ownerSocket,
    startedAt: started.startedAt,
    version: VERSION,
  }
  const told = await lock.update(info)
  if (told.kind === 'failed')
    started.state.log.warn(`others cannot see where this gateway is: ${told.why}`)
  const ending = await order.ended
  watching.stop()
  await stopGateway(started, ending)
  faults.end()
  return ending
}

/** `null`: it could not, and the operator was told why. */
async function start(
  { options, io, stateDir }: Omit<Run, 'lock'>,
  order: Signals,
): Promise<Started | null> {
  try {
    return await startGateway({
      options,
      stateDir,
      io,
      version: VERSION,
      stop: (reason) => order.give({ reason, restarts: false }),
      restart: (reason) => {
        order.give({ reason, restarts: true })
        return true
      },
    })
  } catch (error) {
    if (!(error instanceof StartProblem) && !(error instanceof StoreProblem)) throw error
    refuse(io, error.message)
    return null
  }
}

/** Under a service manager the journal would keep the link: there only `openclaw dashboard` makes one. */
function announce({ state, live, at }: Started, io: Io): void {
  const [first] = at
  const journal = io.env['JOURNAL_STREAM'] !== undefined
  const { code } = state.links.create({ principal: OWNER, madeBy: null }, systemClock())
  const current = live.current()
  io.stdout(
    banner({
      version: VERSION,
      at,
      bind: current.loaded.config.gateway.bind,
      mode: current.mode,
      warnings: [...current.warnings, ...state.warnings],
      link: journal || first === undefined ? null : loginUrl(baseUrl(first), code),
    }),
  )
  state.log.info('gateway started', { version: VERSION, mode: current.mode })
  state.record.note({
    at: systemClock(),
    event: 'gateway.start',
    by: null,
    facts: { version: VERSION, mode: current.mode },
  })
}

interface Signals {
  readonly ended: Promise<Ending>
  give(ending: Ending): void
  onHup(reload: () => void): void
  /** For the next run; `false` when there is to be none: somebody gave the order to stop meanwhile. */
  renew(): boolean
  end(): void
}

/** Orders to end come from signals and from operations; the first one counts, and one to stop outlasts a restart. */
function signals(): Signals {
  const state: {
    resolve: (ending: Ending) => void
    ended: Promise<Ending>
    hup: () => void
    stopped: boolean
  } = {
    resolve: () => {},
    ended: Promise.resolve({ reason: '', restarts: false }),
    hup: () => {},
    stopped: false,
  }
  const give = (ending: Ending): void => {
    if (!ending.restarts) state.stopped = true
    state.resolve(ending)
  }
  const renew = (): boolean => {
    if (state.stopped) return false
    state.ended = new Promise((resolve) => {
      state.resolve = resolve
    })
    return true
  }
  renew()
  const handlers = {
    SIGTERM: () => give({ reason: 'SIGTERM', restarts: false }),
    SIGINT: () => give({ reason: 'SIGINT', restarts: false }),
    SIGHUP: () => state.hup(),
  }
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler)
  return {
    get ended() {
      return state.ended
    },
    give,
    onHup: (reload) => {
      state.hup = reload
    },
    renew,
    end: () => {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler)
    },
  }
}

function taken({ info }: Extract<GatewayLock, { kind: 'taken' }>, stateDir: string): string {
  const who = info === null ? '' : ` (pid ${info.pid}, port ${info.port})`
  return `a gateway is already running on ${stateDir}${who}. Use it, stop it with \`openclaw gateway stop\`, or set OPENCLAW_STATE_DIR to another folder`
}

function refuse(io: Io, message: string): number {
  for (const line of message.split('\n')) io.stderr(`openclaw: ${line}\n`)
  return 1
}

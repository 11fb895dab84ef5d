/** A gateway while it runs: takes over changed files, and stops without losing what it said it had done. */
import { rmSync } from 'node:fs'
import { load } from '../config/load.ts'
import { needsRestart } from '../config/needs-restart.ts'
import { watch, watchedFiles, type Watch } from '../config/watch.ts'
import { systemClock } from '../core/clock.ts'
import { applicable } from './applicable.ts'
import { isOpen } from './exposure.ts'
import { knownSecrets } from './known-secrets.ts'
import { endWithout } from './end-without.ts'
import type { Started } from './start.ts'

/** What is only counted, such as the use of a token, is on disk this often. */
const FLUSH_MS = 5_000
/** Replies in flight get this long (SPEC 1). */
const DRAIN_MS = 10_000

/** Watches the files; `reload.now` may be called at any time, and one reload runs after the other. */
export async function keepCurrent(started: Started): Promise<Watch> {
  const { live, reload } = started
  const turn: { last: Promise<void> } = { last: Promise.resolve() }
  reload.now = () => {
    turn.last = turn.last
      .then(() => takeOver(started))
      .catch((error: unknown) => {
        reload.problem = 'the configuration could not be read again; the log says why'
        started.meters.reloaded('refused')
        started.state.log.failure('the configuration could not be read again', error)
      })
    return turn.last
  }
  const flushing = setInterval(() => void started.state.flush(), FLUSH_MS)
  flushing.unref()
  const watching = await watch({
    files: () => [
      ...watchedFiles(live.current().loaded.location),
      live.current().loaded.config.security.apiKeys.file,
      live.current().loaded.config.secrets.identity,
    ],
    changed: () => reload.now(),
    failed: (error) => started.state.log.failure('the configuration could not be watched', error),
  })
  started.trial.begin()
  return {
    stop() {
      started.trial.stop()
      clearInterval(flushing)
      watching.stop()
    },
  }
}

/** Valid: applied, and only connections that are no longer allowed are closed. Invalid: the old one stays. */
async function takeOver(started: Started): Promise<void> {
  const { request, live, state, reload, meters } = started
  const { log, throttle, scrubber, record, apiKeys } = state
  const found = applicable(await load(request), live.current().loaded, apiKeys)
  if (found.kind === 'refused') {
    reload.problem = found.problems.join('; ')
    log.error(`the changed configuration is not applied, the old one stays: ${reload.problem}`)
    record.note({
      at: systemClock(),
      event: 'config.refused',
      by: null,
      facts: { problems: found.problems.length },
    })
    meters.reloaded('refused')
    return
  }
  const { loaded, rules } = found
  scrubber.learn(knownSecrets(loaded))
  const { enabled, file } = loaded.config.security.apiKeys
  const keys = await apiKeys.reload({ path: file, strict: isOpen(loaded.config) })
  if (keys.kind === 'kept' && enabled) log.error(`the API keys stay as they were: ${keys.problem}`)
  if (keys.kind === 'loaded' && enabled) for (const warning of keys.warnings) log.warn(warning)
  const before = live.access().policy.secrets
  live.apply(loaded, rules)
  await endWithout(before, live.access().policy.secrets, { ...state, clock: systemClock })
  throttle.configure(loaded.config.gateway.auth.rateLimit)
  reload.problem = null
  await started.judgeAll()
  // Settings that changed count from now on; a network that takes its time to be left holds up nothing else.
  started.channels
    .apply()
    .catch((error: unknown) =>
      log.failure('the chat networks did not take the changed settings', error),
    )
  await started.traces.apply(loaded.config)
  const waiting = needsRestart(started.startedWith, loaded.config)
  reload.waiting = waiting
  if (waiting.length > 0)
    log.warn(`${waiting.join(', ')} changed: \`openclaw gateway restart\` applies it`)
  for (const warning of live.current().warnings) log.warn(warning)
  record.note({
    at: systemClock(),
    event: 'config.reload',
    by: null,
    facts: { file: loaded.location.file },
  })
  reload.appliedAt = systemClock()
  meters.reloaded('applied')
  log.info(`configuration applied from ${loaded.location.file}`)
}

/** Stops accepting, says goodbye, lets replies and runs finish, writes everything. */
export async function stopGateway(
  started: Started,
  how: { readonly reason: string; readonly restarts: boolean },
): Promise<void> {
  const { servers, sockets, runs, state, ownerSocket, tailscale, channels, pairingNews } = started
  state.record.note({
    at: systemClock(),
    event: how.restarts ? 'gateway.restart' : 'gateway.stop',
    by: null,
    facts: { reason: how.reason },
  })
  const closed = servers.map((server) => new Promise<void>((done) => server.close(() => done())))
  for (const server of servers) server.closeIdleConnections()
  const late = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), DRAIN_MS)
  rmSync(ownerSocket, { force: true })
  pairingNews.end()
  channels.pause()
  await Promise.all([
    tailscale.stop(),
    runs.drain(DRAIN_MS),
    sockets.drain({
      reason: how.reason,
      restartExpectedMs: how.restarts ? 1_000 : null,
      graceMs: DRAIN_MS,
    }),
  ])
  // Whoever is answered only now leaves a connection open behind it.
  const sweep = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), 50)
  await Promise.all(closed)
  clearInterval(sweep)
  clearTimeout(late)
  await channels.stop()
  await started.traces.stop()
  await state.close()
}

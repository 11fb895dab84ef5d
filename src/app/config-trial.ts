/** Changes of the configuration that a gateway makes itself, and those among them that undo themselves unless confirmed (SPEC 14.5). */
import type { Change } from '../config/apply-changes.ts'
import { editConfig, type Consent } from '../config/edit.ts'
import type { LoadRequest } from '../config/gather.ts'
import { parseKeyPath, type KeyPath } from '../config/key-path.ts'
import { canonicalPath } from '../config/aliases.ts'
import { needsRestart } from '../config/needs-restart.ts'
import {
  removePending,
  undoPending,
  type PendingChange,
  type Undone,
} from '../config/pending-change.ts'
import { problemText } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import type { ChangeAnswer, ConfigChangePort, WantedChange } from '../operations/config-change.ts'
import type { ConfigConfirmPort, WaitingChange } from '../operations/config-confirm.ts'
import type { Call } from '../operations/types.ts'
import type { Gateway } from '../server/gateway.ts'
import { configWarnings } from './config-warnings.ts'
import { Agreement, askerOf } from './config-agreement.ts'
import type { AtStart } from './config-trial-start.ts'
import type { LiveAccess } from './live-access.ts'
import type { State } from './state.ts'

export interface TrialParts {
  readonly request: LoadRequest
  readonly live: LiveAccess
  readonly state: Pick<State, 'apiKeys' | 'sessions' | 'record' | 'log'>
  readonly gateway: () => Gateway
  /** Takes over what the file says; `problem` says why it could not. */
  readonly reload: { readonly now: () => Promise<void>; readonly problem: string | null }
  readonly restart: (reason: string) => boolean
  readonly clock: Clock
  readonly atStart: AtStart
}

interface Waiting {
  readonly file: string
  readonly pending: PendingChange
  /** Of the rules that the change made. */
  readonly generation: number
  /** Milliseconds since the epoch: logins before it do not count. */
  readonly inForceAt: number
  /** On the clock that nobody sets. */
  readonly dueAt: number
}

/** How often it is looked whether a change's time is over: cheap, and right after the machine slept. */
const LOOK_MS = 250
const SESSION = 'session:'

export class ConfigTrial implements ConfigChangePort, ConfigConfirmPort {
  readonly #parts: TrialParts
  /** What the sockets were opened with. */
  readonly #startedWith: Config
  #waiting: Waiting | null = null
  #timer: NodeJS.Timeout | undefined
  /** Why it could not be undone when that was last said. */
  #said: string | null = null
  /** One change, confirmation or undo after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: TrialParts) {
    this.#parts = parts
    this.#startedWith = parts.live.current().loaded.config
    if (parts.atStart.kind === 'waits') this.#wait(parts.atStart.file, parts.atStart.pending)
  }

  /** From now on what is due is undone. */
  begin(): void {
    const { atStart, state } = this.#parts
    if (atStart.kind === 'ended') {
      if (atStart.why !== null)
        state.log.error(`the gateway did not start with the change: ${atStart.why}`)
      this.#tell(atStart.pending, atStart.how)
    }
    if (atStart.kind === 'unusable')
      state.log.error(`${atStart.why}: a change that waited to be confirmed stays as it is`)
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  change(wanted: WantedChange, call: Call): Promise<ChangeAnswer> {
    return this.#inTurn(() => this.#change(wanted, call))
  }

  waiting(): WaitingChange | null {
    if (this.#waiting === null) return null
    const { keys, undoAt } = this.#waiting.pending
    return { keys, undoAt, waiting: this.#needsRestart() }
  }

  warnings(): readonly string[] {
    const change = this.waiting()
    if (change === null) return []
    const until = new Date(change.undoAt).toISOString()
    return [
      `${change.keys.join(', ')} changed and is undone at ${until}: \`openclaw config confirm\` keeps it`,
    ]
  }

  letInSince(call: Call): boolean {
    const asker = askerOf(call)
    const { principal, method } = call
    if (this.#waiting === null || asker === null) return false
    const { generation, inForceAt } = this.#waiting
    if (asker.generation < generation) return false
    if (method !== 'session') return true
    // The cookie comes with every request; only its login was an authentication.
    const id = principal.credentialId ?? ''
    const session = this.#parts.state.sessions.find(id.slice(SESSION.length))
    return session !== null && session.createdAt >= inForceAt
  }

  keep({ keys }: WaitingChange): ReturnType<ConfigConfirmPort['keep']> {
    return this.#inTurn(async () => {
      const waiting = this.#waiting
      if (waiting === null || this.#due(waiting)) return { kind: 'gone' }
      // The very one that was asked about: nobody got in by the rules of a later one.
      if (waiting.pending.keys !== keys) return { kind: 'gone' }
      const removed = await removePending(this.#parts.request.host, waiting.file)
      if (removed.kind === 'failed') return removed
      this.#waiting = null
      return { kind: 'kept' }
    })
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #change({ path, to, confirmMs, force }: WantedChange, call: Call): Promise<ChangeAnswer> {
    const { request, reload } = this.#parts
    const key = parseKeyPath(path)
    if (key === null) return { kind: 'refused', message: `"${path}" is no key` }
    await reload.now()
    if (reload.problem !== null)
      return {
        kind: 'refused',
        message: `nothing was changed, since the file is not in force: ${reload.problem}`,
      }

    const agreement = new Agreement(this.#parts, { path, confirmMs, force, call })
    const consent: Consent = (candidate) => agreement.problems(candidate)
    const edited = await editConfig(request, () => [changeOf(key, to)], consent)
    if (agreement.cutsOff) return { kind: 'cuts-off' }
    const { pending } = agreement
    if (edited.kind === 'refused') {
      if (pending !== null) await this.#forget()
      return { kind: 'refused', message: edited.problems.map(problemText).join('; ') }
    }
    const { file } = edited.location
    if (edited.changed) await reload.now()
    const why: string | null = reload.problem
    if (pending !== null) this.#wait(file, pending)
    // Not taken over after all: then the old text comes back at once.
    if (why !== null && pending !== null) await this.#undo()
    if (why !== null) return { kind: 'refused', message: why }
    return {
      kind: 'done',
      path,
      file,
      changed: edited.changed,
      undoAt: pending?.undoAt ?? null,
      warnings: edited.now.kind === 'loaded' ? configWarnings(edited.now).map(problemText) : [],
      waiting: this.#needsRestart(),
    }
  }

  #wait(file: string, pending: PendingChange): void {
    const { live, clock } = this.#parts
    const now = clock()
    this.#waiting = {
      file,
      pending,
      generation: live.generation(),
      inForceAt: now,
      // A clock that was set back meanwhile makes it no longer than it was to be.
      dueAt: performance.now() + Math.min(pending.undoAt - now, pending.undoAt - pending.since),
    }
  }

  #due({ pending, dueAt }: Waiting): boolean {
    return this.#parts.clock() >= pending.undoAt || performance.now() >= dueAt
  }

  async #look(): Promise<void> {
    if (this.#waiting === null || !this.#due(this.#waiting)) return
    await this.#inTurn(async () => {
      if (this.#waiting !== null && this.#due(this.#waiting)) await this.#undo()
    }).catch((error: unknown) =>
      this.#parts.state.log.failure('a change that nobody confirmed could not be undone', error),
    )
  }

  /** In its turn. Where the disk does not take it, the next look tries again. */
  async #undo(): Promise<void> {
    const { request, reload, restart, state } = this.#parts
    const waiting = this.#waiting
    if (waiting === null) return
    const how = await undoPending(request.host, waiting.file, waiting.pending)
    this.#tell(waiting.pending, how)
    if (how.kind === 'failed') return
    this.#waiting = null
    if (how.kind !== 'undone') return
    await reload.now()
    const bound = this.#needsRestart()
    if (bound.length === 0) return
    state.log.warn(
      `restarting: ${bound.join(', ')} is what it was before, and only a start applies it`,
    )
    if (!restart('a change that nobody confirmed is undone'))
      state.log.error('the gateway cannot restart itself: `openclaw gateway restart` applies it')
  }

  /** The change was not written after all. */
  async #forget(): Promise<void> {
    const { request, live } = this.#parts
    const removed = await removePending(request.host, live.current().loaded.location.file)
    if (removed.kind === 'failed') this.#parts.state.log.error(removed.why)
  }

  #needsRestart(): readonly string[] {
    return needsRestart(this.#startedWith, this.#parts.live.current().loaded.config)
  }

  #tell({ keys, by }: PendingChange, how: Undone): void {
    const { log, record } = this.#parts.state
    const what = `the change of ${keys.join(', ')} by ${by}, which nobody confirmed,`
    if (how.kind === 'failed') {
      if (this.#said !== how.why) log.error(`${what} could not be undone yet: ${how.why}`)
      this.#said = how.why
      return
    }
    this.#said = null
    if (how.kind === 'undone') log.warn(`${what} is undone`)
    if (how.kind === 'left')
      log.error(
        `${what} is not undone: the file was changed by hand since, or by a command, and stays as it is`,
      )
    const event = how.kind === 'left' ? 'config.undo_left' : 'config.undone'
    record.note({
      at: this.#parts.clock(),
      event,
      by: null,
      facts: { keys: keys.join(', '), how: how.kind },
    })
  }
}

function changeOf(path: KeyPath, to: WantedChange['to']): Change {
  const key = canonicalPath(path)
  return to.kind === 'set'
    ? { kind: 'set', path: key, value: to.value }
    : { kind: 'unset', path: key }
}

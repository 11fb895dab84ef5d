/** Whether a change of the configuration may be made: the gateway takes it over, and whoever asks stays or means it (SPEC 14.5). */
import type { Candidate } from '../config/edit.ts'
import type { LoadRequest } from '../config/gather.ts'
import { digestOf, writePending, type PendingChange } from '../config/pending-change.ts'
import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { WantedChange } from '../operations/config-change.ts'
import type { Call } from '../operations/types.ts'
import type { Asker } from '../server/asker.ts'
import type { Gateway } from '../server/gateway.ts'
import { HttpCall } from '../server/http-call.ts'
import { FrameCall } from '../server/websocket/frame-call.ts'
import { applicable } from './applicable.ts'
import type { LiveAccess } from './live-access.ts'
import type { State } from './state.ts'

export interface AgreementParts {
  readonly request: LoadRequest
  readonly live: LiveAccess
  readonly state: Pick<State, 'apiKeys'>
  readonly gateway: () => Gateway
  readonly clock: Clock
}

type Asked = Omit<WantedChange, 'to'> & { readonly call: Call }

const ABSENT: ReadonlySet<string> = new Set(['missing_variable', 'unresolved_secret'])

/** One change that is asked for. */
export class Agreement {
  readonly #parts: AgreementParts
  readonly #asked: Asked
  /** The caller would not be let in any more. */
  cutsOff = false
  /** What was kept for the undo: on disk before the change is. */
  pending: PendingChange | null = null

  constructor(parts: AgreementParts, asked: Asked) {
    this.#parts = parts
    this.#asked = asked
  }

  /** Empty: it may be made. */
  async problems(candidate: Candidate): Promise<readonly Problem[]> {
    const { confirmMs, force } = this.#asked
    const found = this.#objections(candidate)
    if (found.length > 0) return found
    if (confirmMs !== null) return this.#keepForUndo(candidate, confirmMs)
    this.cutsOff = !force && !(await this.#stays(candidate))
    return this.cutsOff ? [problemOf('it would cut off whoever asks')] : []
  }

  /** Why the gateway would not take it over. */
  #objections({ now }: Candidate): readonly Problem[] {
    const { live, state } = this.#parts
    if (now.kind === 'refused') return now.problems
    const found = applicable(now, live.current().loaded, state.apiKeys)
    if (found.kind === 'refused') return found.problems.map(problemOf)
    return now.warnings.filter(({ code }) => ABSENT.has(code))
  }

  /** Judged by the decision code, on the request as it came. */
  async #stays({ now }: Candidate): Promise<boolean> {
    const { live, state, gateway } = this.#parts
    const found = applicable(now, live.current().loaded, state.apiKeys)
    const asker = askerOf(this.#asked.call)
    if (found.kind === 'refused' || asker === null) return false
    const { access, network } = live.candidate(found.loaded, found.rules)
    return asker.allowedBy({ ...gateway(), access: () => access, network: () => network })
  }

  async #keepForUndo(
    { location, before, after }: Candidate,
    confirmMs: number,
  ): Promise<readonly Problem[]> {
    const { request, clock } = this.#parts
    const { path, call } = this.#asked
    const since = clock()
    this.pending = {
      keys: [path],
      by: `${call.principal.kind}:${call.principal.id}`,
      since,
      undoAt: since + confirmMs,
      before,
      after: digestOf(after),
    }
    const written = await writePending(request.host, location.file, this.pending)
    return written.kind === 'written' ? [] : [problemOf(written.why)]
  }
}

/** A call that our own code made up has nobody who could be cut off, or let in again. */
export function askerOf(call: Call): Asker | null {
  return call instanceof HttpCall || call instanceof FrameCall ? call : null
}

function problemOf(message: string): Problem {
  return { code: 'not_agreed', key: null, where: null, message, fix: 'Nothing was changed' }
}

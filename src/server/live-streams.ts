/** Answers over HTTP that go on for a while: they end, like WebSockets, when what let them in is gone (R44, R45). */
import { screen } from '../access/screen.ts'
import { connectionOf, type Connection } from './connection.ts'
import type { Exchange } from './dispatch.ts'
import { evidenceFrom } from './evidence.ts'
import { judgeAgain } from './identify.ts'
import { refused, refusedBy, type Allowed, type Outcome } from './outcome.ts'
import { covers } from './covers.ts'
import { endsByTime } from './still-allowed.ts'

/** `cut`: says why and ends the answer, at once. */
export interface LiveStream {
  readonly exchange: Exchange
  readonly decision: Allowed
  readonly cut: (why: Outcome) => void
}

interface Kept extends LiveStream {
  /** Taken at the start: a request whose caller left has none. */
  readonly connection: Connection
}

export class LiveStreams {
  readonly #live = new Set<Kept>()

  get size(): number {
    return this.#live.size
  }

  /** Judges it once more: its body may have been on its way for a while. Call what it returns when the answer is over. */
  open(stream: LiveStream): () => void {
    const kept = { ...stream, connection: connectionOf(stream.exchange.request.socket) }
    this.#live.add(kept)
    void this.#judgeOne(kept)
    return () => this.#live.delete(kept)
  }

  /** Ends every stream whose caller would not be let in as who they were. Never rejects. */
  async judge(which: 'all' | 'by-time'): Promise<void> {
    const asked = [...this.#live].filter(
      ({ decision, exchange }) => which === 'all' || endsByTime(decision, exchange.gateway),
    )
    await Promise.all(asked.map((stream) => this.#judgeOne(stream)))
  }

  /** A judgement that could not be made is no yes. */
  async #judgeOne(stream: Kept): Promise<void> {
    const { gateway } = stream.exchange
    const why = await refusalNow(stream).catch((error: unknown): Outcome => {
      gateway.log.failure('a stream could not be judged again', error)
      return { kind: 'failed' }
    })
    if (why !== null && this.#live.delete(stream)) stream.cut(why)
  }
}

/** `null`: nothing that it rests on is gone. */
async function refusalNow({ exchange, connection, decision }: Kept): Promise<Outcome | null> {
  const { gateway, request } = exchange
  const collected = evidenceFrom(request, { connection, transport: 'http' }, gateway.network())
  if (collected.kind === 'malformed') return refused(collected.reason)
  const { evidence } = collected
  const reason = screen(evidence, gateway.access().policy, 'operation')
  if (reason !== null) return refused(reason)
  const now = await judgeAgain(evidence, connection, gateway)
  if (now.kind === 'denied') return refusedBy(now)
  return covers(now, decision.principal) ? null : refused('nothing_presented')
}

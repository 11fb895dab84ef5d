/** Keeps the lists as the gateway has them: reads again whenever it says that something changed. */
import type { Answer } from './api.ts'
import type { StreamEvent } from './event-stream.ts'

export interface WatchPorts {
  readonly changes: (signal: AbortSignal) => Promise<Answer<AsyncIterable<StreamEvent>>>
  readonly refresh: () => void
  /** Resolves after so many milliseconds, or when the signal fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
}

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** Until the signal fires, or the gateway says that this is not for this session. */
export async function watchPeople(ports: WatchPorts, signal: AbortSignal): Promise<void> {
  const tries = { failed: 0 }
  while (!signal.aborted) {
    const answer = await ports.changes(signal)
    if (answer.kind === 'unauthenticated') return
    if (answer.kind === 'refused' && answer.status === 403) return
    const heard = answer.kind === 'ok' && (await follow(answer.value, ports))
    tries.failed = heard ? 0 : tries.failed + 1
    const asked = answer.kind === 'held' ? answer.retryAfterMs : 0
    const grown = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** tries.failed)
    await ports.pause(Math.max(asked, grown), signal)
  }
}

/** Whether anything was heard: then the gateway is there. */
async function follow(
  events: AsyncIterable<StreamEvent>,
  { refresh }: WatchPorts,
): Promise<boolean> {
  const seen = { any: false }
  try {
    for await (const { name } of events) {
      seen.any = true
      if (name === 'changed') refresh()
    }
  } catch {
    // A connection that was cut: the next one says what to read.
  }
  return seen.any
}

/** Runs the work once at a time; what is asked meanwhile is one more run after it, however often it was asked. */
export function oneAtATime(work: () => Promise<void>): () => void {
  const state = { running: false, again: false }
  const run = async (): Promise<void> => {
    state.running = true
    do {
      state.again = false
      await work()
    } while (state.again)
    state.running = false
  }
  return () => {
    if (state.running) state.again = true
    else void run()
  }
}

/** The end of all connections: goodbye, the last answers, and a close that clients come back from (SPEC 1, PROTOCOL 1.6). */
import type { Surroundings } from './conversation.ts'

export interface Drain {
  readonly reason: string
  /** When clients may come back; `null` when nobody knows. Milliseconds. */
  readonly restartExpectedMs: number | null
  /** How long answers that are being made may take. Milliseconds. */
  readonly graceMs: number
}

const LOOK_MS = 20

/** Resolves when every socket is gone. New requests and handshakes are refused already. */
export async function drain(
  { reason, restartExpectedMs, graceMs }: Drain,
  { live, waiting, parts }: Surroundings,
): Promise<void> {
  const payload = { reason, ...(restartExpectedMs !== null && { restartExpectedMs }) }
  live.publish({ event: 'shutdown', payload, scope: null, droppable: false })
  for (const handshake of waiting) handshake.close(1012, RESTART)

  await until(() => !live.busy, graceMs)
  live.closeAll(1012, RESTART)
  // `ws` destroys the socket of a peer that does not answer the close in time.
  await until(() => live.size === 0, parts.limits.closeMs * 2)
}

const RESTART = 'service restart'

async function until(reached: () => boolean, patienceMs: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  while (!reached() && performance.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}

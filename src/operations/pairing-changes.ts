/** `pairing.changes`: tells the page that something about pairing changed, never what: that it reads where it may. */
import { z } from 'zod'
import type { PairingNews } from './pairing-news.ts'
import { wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

export interface PairingChangesParts {
  readonly news: PairingNews
}

/** After so long whoever listens is authenticated and authorized again. */
const MOST_SECONDS = 300
/** Less than what proxies commonly wait for a word of us. */
const ALIVE_MS = 20_000

export function pairingChanges({ news }: PairingChangesParts): Operation {
  return defineOperation({
    name: 'pairing.changes',
    summary: 'Says when the lists of devices, nodes and senders change, for so many seconds.',
    requires: 'operator.pairing',
    changes: false,
    http: { method: 'GET', path: '/api/v1/pairing/changes', streams: true },
    // Its clients hear the events themselves.
    websocket: false,
    input: z.strictObject({ seconds: wholeNumber(0, MOST_SECONDS).default(0) }),
    async run({ seconds }, call) {
      const seen = { changes: 0 }
      const changed = (): void => {
        seen.changes += 1
        call.emit({ kind: 'changed' })
      }
      const alive = setInterval(() => call.emit({ kind: 'alive' }), ALIVE_MS)
      const time = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)])
      const listening = seconds === 0 ? Promise.resolve() : news.listen(changed, time)
      // From here on nothing is missed: what is read now is read in time.
      call.emit({ kind: 'changed' })
      await listening.finally(() => clearInterval(alive))
      return seen
    },
  })
}

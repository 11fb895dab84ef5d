/** What people see while an answer is made: that somebody types, and, where the network lets us, the answer as it grows. */
import type { Run } from '../agents/run.ts'
import { pause } from './backoff.ts'
import { splitText } from './split-text.ts'

/** Answers that come at once are not announced. */
const TYPING_AFTER_MS = 300
const DRAFT_AFTER_MS = 1_500
const GOES_ON = ' …'

export interface ShowingPorts {
  /** As in the network's limits. */
  readonly typingMs: number
  readonly typing: () => Promise<void>
  readonly draft: DraftPorts | null
}

/** For networks that let us change what we sent. */
export interface DraftPorts {
  /** Characters of one message. */
  readonly text: number
  /** Milliseconds between two changes. */
  readonly betweenMs: number
  /** The first time as a new message. `busy`: not now; `failed`: whether it is there cannot be known. */
  readonly put: (text: string, messageId: string | null) => Promise<Put>
  /** Durable when it resolves: the answer takes the place of this message, over a restart too. */
  readonly keep: (messageId: string) => Promise<void>
}

export type Put =
  | { readonly kind: 'shown'; readonly messageId: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed' }

/**
 * Until the run ended. `earlier`: the message that shows the answer already, from before a restart.
 * Resolves to the one that shows it now; `null` for none. Never rejects: an answer does not depend on it.
 */
export async function showWhile(
  run: Pick<Run, 'ended' | 'onPiece'>,
  earlier: string | null,
  ports: ShowingPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const text = { soFar: '' }
  const hearNoMore = run.onPiece((piece) => {
    text.soFar += piece
  })
  const shown = { id: earlier }
  const showing = Promise.all([
    keepTyping(ports, stop),
    ports.draft === null ? null : keepDraft(text, shown, { ports: ports.draft, stop }),
  ])
  await run.ended
  over.abort()
  hearNoMore()
  await showing
  return shown.id
}

async function keepTyping({ typing, typingMs }: ShowingPorts, stop: AbortSignal): Promise<void> {
  if (typingMs <= 0) return
  await pause(TYPING_AFTER_MS, stop)
  while (!stop.aborted) {
    await typing().catch(() => undefined)
    await pause(typingMs * 0.8, stop)
  }
}

async function keepDraft(
  text: { readonly soFar: string },
  shown: { id: string | null },
  { ports, stop }: { readonly ports: DraftPorts; readonly stop: AbortSignal },
): Promise<void> {
  let last = ''
  const { betweenMs } = ports
  for (await pause(DRAFT_AFTER_MS, stop); !stop.aborted; await pause(betweenMs, stop)) {
    const next = draftOf(text.soFar, ports.text)
    if (next === '' || next === last) continue
    const put = await ports.put(next, shown.id).catch((): Put => ({ kind: 'failed' }))
    if (put.kind === 'busy') continue
    // It may be there: another one would be there twice.
    if (put.kind === 'failed' && shown.id === null) return
    if (put.kind === 'failed') continue
    last = next
    if (shown.id === put.messageId) continue
    shown.id = put.messageId
    await ports.keep(put.messageId).catch(() => undefined)
  }
}

/** As much as one message holds. */
function draftOf(text: string, limit: number): string {
  const [first = ''] = splitText(text, limit - GOES_ON.length)
  return first === '' ? '' : `${first}${GOES_ON}`
}

/** Server-sent events for callers that want to see an answer grow (WHATWG HTML 9.2). */
import type { ServerResponse } from 'node:http'
import { unreachable } from '../core/never.ts'
import type { HttpBinding, Progress } from '../operations/types.ts'
import type { Outcome } from './outcome.ts'
import { answerOf, SECURITY_HEADERS } from './reply.ts'
import { DEFAULT_LIMITS } from './websocket/limits.ts'

/** For what was written before the end to arrive. */
const LAST_WORDS_MS = 1_000

export interface EventStream {
  emit(progress: Progress): void
  /** Writes why as `error` and ends: nothing that comes later is written. */
  cut(why: Outcome, requestId: string): void
  /** Writes the result as `done` or `error`; before anything was streamed, the outcome stays an ordinary answer. */
  end(outcome: Outcome, binding: HttpBinding, requestId: string): Outcome
}

export function eventStream(
  response: ServerResponse,
  extraHeaders: readonly string[],
): EventStream {
  const write = (event: string, data: unknown): void =>
    writeText(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  const writeText = (text: string): void => {
    if (response.destroyed || response.writableEnded) return
    if (!response.headersSent) {
      response.writeHead(200, [
        ...SECURITY_HEADERS,
        ...extraHeaders,
        'Content-Type',
        'text/event-stream; charset=utf-8',
        'Cache-Control',
        'no-store',
        'X-Accel-Buffering',
        'no',
      ])
    }
    response.write(text)
    // As of a WebSocket: what nobody reads is not kept without end (SPEC 11).
    if (response.writableLength > DEFAULT_LIMITS.bufferedBytes) response.destroy()
  }
  const writeError = (outcome: Outcome, requestId: string): void =>
    write('error', JSON.parse(String(answerOf(outcome, requestId).body)))
  return {
    cut(why, requestId) {
      writeError(why, requestId)
      response.end()
      // Whoever does not read does not keep it open either.
      setTimeout(() => response.destroy(), LAST_WORDS_MS).unref()
    },
    emit(progress) {
      switch (progress.kind) {
        case 'accepted':
          return write('accepted', progress.payload)
        case 'delta':
          return write('delta', { text: progress.text })
        case 'changed':
          return write('changed', {})
        case 'alive':
          return writeText(':\n\n')
        default:
          return unreachable(progress)
      }
    },
    end(outcome, binding, requestId) {
      if (!response.headersSent && outcome.kind !== 'served') return outcome
      if (outcome.kind === 'served') {
        const reply = binding.reply
        write('done', reply === undefined ? outcome.output : reply(outcome.output as never))
      } else {
        writeError(outcome, requestId)
      }
      response.end()
      return outcome
    },
  }
}

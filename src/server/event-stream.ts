/** Server-sent events for callers that want to see an answer grow (WHATWG HTML 9.2). */
import type { ServerResponse } from 'node:http'
import { unreachable } from '../core/never.ts'
import type { HttpBinding, Progress } from '../operations/types.ts'
import type { Outcome } from './outcome.ts'
import { answerOf, SECURITY_HEADERS } from './reply.ts'

export interface EventStream {
  emit(progress: Progress): void
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
    if (response.destroyed) return
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
  }
  return {
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
        write('error', JSON.parse(String(answerOf(outcome, requestId).body)))
      }
      response.end()
      return outcome
    },
  }
}

/** Server-sent events, however the network cuts them. */
import { describe, expect, it } from 'vitest'
import { parseEvent, readEvents, type StreamEvent } from './event-stream.ts'

const TEXT =
  ': hello\n\nevent: accepted\ndata: {"runId":"r1"}\n\nevent: delta\r\ndata: {"text":"grüß\\n🦞"}\r\n\r\nevent: done\ndata: {"reply":\ndata: "x"}\n\n'
const EVENTS: StreamEvent[] = [
  { name: 'accepted', data: { runId: 'r1' } },
  { name: 'delta', data: { text: 'grüß\n🦞' } },
  { name: 'done', data: { reply: 'x' } },
]

function streamOf(bytes: Uint8Array, size: number) {
  const state = { at: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (state.at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(state.at, state.at + size))
      state.at += size
    },
    cancel() {
      state.cancelled = true
    },
  })
  return { stream, state }
}

async function all(stream: ReadableStream<Uint8Array>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of readEvents(stream)) events.push(event)
  return events
}

describe('readEvents', () => {
  it.each([1, 2, 3, 7, 1000])('reads events that arrive %d bytes at a time', async (size) => {
    expect(await all(streamOf(new TextEncoder().encode(TEXT), size).stream)).toEqual(EVENTS)
  })

  it('drops an event that was cut off', async () => {
    const cut = new TextEncoder().encode('event: delta\ndata: {"text":"a"}\n\nevent: done\ndata: {')
    expect(await all(streamOf(cut, 5).stream)).toHaveLength(1)
  })

  it('ends the request when nobody reads on', async () => {
    const { stream, state } = streamOf(new TextEncoder().encode(TEXT), 40)
    for await (const event of readEvents(stream)) {
      expect(event.name).toBe('accepted')
      break
    }
    expect(state.cancelled).toBe(true)
  })

  it('refuses data that is no JSON', async () => {
    const broken = new TextEncoder().encode('data: {oops\n\n')
    await expect(all(streamOf(broken, 99).stream)).rejects.toThrow(SyntaxError)
  })
})

describe('parseEvent', () => {
  it('calls an event without a name message, and skips comments', () => {
    expect(parseEvent('data: 1')).toEqual({ name: 'message', data: 1 })
    expect(parseEvent(': keep-alive')).toBeNull()
    expect(parseEvent('event: delta')).toBeNull()
  })
})

/** Reads server-sent events from a fetch (WHATWG HTML 9.2.6): EventSource can neither POST nor send our header. */

export interface StreamEvent {
  readonly name: string
  readonly data: unknown
}

/** Yields each event as it is complete; one that the stream's end cuts off is dropped. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const pending = { text: '' }
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      pending.text += decoder.decode(value, { stream: true })
      const blocks = pending.text.split(/\r?\n\r?\n/)
      pending.text = blocks.pop() ?? ''
      yield* blocks.map(parseEvent).filter((event) => event !== null)
    }
  } finally {
    // Leaving early must end the request, not let it run on unread.
    await reader.cancel().catch(() => undefined)
  }
}

/** `null` for a comment or an event without data. */
export function parseEvent(block: string): StreamEvent | null {
  const fields = block.split(/\r?\n/).map(fieldOf)
  const data = fields.filter(({ name }) => name === 'data').map(({ value }) => value)
  if (data.length === 0) return null
  const name = fields.findLast((field) => field.name === 'event')?.value ?? 'message'
  return { name, data: JSON.parse(data.join('\n')) }
}

function fieldOf(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':')
  if (colon < 0) return { name: line, value: '' }
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') }
}

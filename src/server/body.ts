/** Reads the JSON body of a request: capped in size and time before it is parsed (R58). */
import type { IncomingMessage } from 'node:http'
import { refused, type Outcome } from './outcome.ts'

export const MAX_BODY_BYTES = 1024 * 1024

export type Body =
  | { readonly kind: 'body'; readonly value: Record<string, unknown> }
  | Extract<Outcome, { kind: 'refused' }>

const EMPTY: Body = { kind: 'body', value: {} }

/** What somebody may send before anybody knows who it is: a login is far smaller. */
const MAX_STRANGER_BYTES = 16 * 1024

/** An object, or nothing at all. `from`: whoever sends it. The server's request timeout bounds how long it may take. */
export async function readBody(
  request: IncomingMessage,
  from: 'principal' | 'anybody',
): Promise<Body> {
  const most = from === 'principal' ? MAX_BODY_BYTES : MAX_STRANGER_BYTES
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge(most)
  const bytes = await readBytes(request, most)
  if (bytes === 'gone') return refused('invalid_input', 'the body ended early')
  if (bytes === 'no-room') return refused('busy')
  if (bytes === null) return tooLarge(most)
  if (bytes.length === 0) return EMPTY

  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    return refused('invalid_input', 'the body must be application/json')
  return parse(bytes)
}

export function tooLarge(most: number): Extract<Outcome, { kind: 'refused' }> {
  return refused('body_too_large', `the body is larger than ${most} bytes`)
}

const FIRST_BYTES = 4 * 1024

/**
 * Into one growing buffer: a body sent byte by byte must not cost an object a byte. `null`: larger than `most`; `gone`: the
 * caller left before its end; `no-room`: `room` has none for so many bytes, of which it is asked as they arrive.
 */
export function readBytes(
  request: IncomingMessage,
  most: number,
  room: (bytes: number) => boolean = () => true,
): Promise<Buffer | null | 'gone' | 'no-room'> {
  return new Promise((done) => {
    const read = { buffer: Buffer.alloc(Math.min(FIRST_BYTES, most)), length: 0 }
    const stop = (why: null | 'no-room'): void => {
      request.off('data', take)
      request.pause()
      done(why)
    }
    const take = (chunk: Buffer): void => {
      const length = read.length + chunk.length
      if (length > most) return stop(null)
      if (!room(length)) return stop('no-room')
      if (length > read.buffer.length) {
        const larger = Buffer.alloc(Math.min(most, Math.max(length, read.buffer.length * 2)))
        read.buffer.copy(larger, 0, 0, read.length)
        read.buffer = larger
      }
      chunk.copy(read.buffer, read.length)
      read.length = length
    }
    request.on('data', take)
    request.once('end', () => done(read.buffer.subarray(0, read.length)))
    request.once('error', () => done('gone'))
    request.once('close', () => done('gone'))
  })
}

function parse(bytes: Buffer): Body {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return refused('invalid_input', 'the body must be a JSON object')
    return { kind: 'body', value: Object.fromEntries(Object.entries(value)) }
  } catch (error) {
    const what = error instanceof SyntaxError ? 'not JSON' : 'not UTF-8'
    return refused('invalid_input', `the body is ${what}`)
  }
}

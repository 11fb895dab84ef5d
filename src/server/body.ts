/** Reads the JSON body of a request: capped in size and time before it is parsed (R58). */
import type { IncomingMessage } from 'node:http'
import { refused, type Outcome } from './outcome.ts'

export const MAX_BODY_BYTES = 1024 * 1024

export type Body =
  | { readonly kind: 'body'; readonly value: Record<string, unknown> }
  | Extract<Outcome, { kind: 'refused' }>

const TOO_LARGE = refused('body_too_large', `the body is larger than ${MAX_BODY_BYTES} bytes`)
const EMPTY: Body = { kind: 'body', value: {} }

/** An object, or nothing at all. The server's request timeout bounds how long it may take. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return TOO_LARGE
  const bytes = await readBytes(request)
  if (bytes === null) return TOO_LARGE
  if (bytes.length === 0) return EMPTY

  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\b/i.test(type))
    return refused('invalid_input', 'the body must be application/json')
  return parse(bytes)
}

async function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  const size = { bytes: 0 }
  for await (const chunk of request) {
    size.bytes += chunk.length
    if (size.bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
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

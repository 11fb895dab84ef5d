/** Reads what a client sent: one request frame, or what was wrong with it (PROTOCOL 1.2). */
import { isUtf8 } from 'node:buffer'
import { jsonOf } from '../../core/json.ts'

export interface RequestFrame {
  readonly kind: 'request'
  readonly id: string
  readonly method: string
  readonly params: unknown
}

export type ParsedFrame =
  | RequestFrame
  | { readonly kind: 'not-utf8' }
  | { readonly kind: 'not-json' }
  /** `id`: what an answer can be addressed to; `invalid` when the frame has none. */
  | { readonly kind: 'not-a-request'; readonly id: string; readonly problem: string }

const NOT_UTF8: ParsedFrame = { kind: 'not-utf8' }
const NOT_JSON: ParsedFrame = { kind: 'not-json' }
const MAX_TRACEPARENT = 128
const MAX_PROFILE_ID = 128

/** Every frame passes here, so the closed object is checked by hand. Text frames are UTF-8 already: `ws` looks. */
export function parseFrame(data: Buffer, binary: boolean): ParsedFrame {
  if (binary && !isUtf8(data)) return NOT_UTF8
  const value = jsonOf(data.toString())
  if (value === undefined) return NOT_JSON
  if (!isRecord(value)) return notARequest('invalid', 'at root: must be object')
  const { id, method } = value
  const problem = problemOf(value)
  if (problem !== null || typeof id !== 'string' || typeof method !== 'string') {
    return notARequest(typeof id === 'string' && id !== '' ? id : 'invalid', problem ?? '')
  }
  return { kind: 'request', id, method, params: value['params'] }
}

/** In the words that the wire's clients know; never the value sent. */
function problemOf(frame: Readonly<Record<string, unknown>>): string | null {
  for (const name in frame) {
    if (!isField(name)) return `at root: unexpected property '${printable(name)}'`
  }
  if (frame['type'] !== 'req') return 'at /type: must be equal to constant'
  return (
    problemOfText('id', frame['id']) ??
    problemOfText('method', frame['method']) ??
    problemOfOptional('traceparent', frame['traceparent'], { min: 0, max: MAX_TRACEPARENT }) ??
    problemOfOptional('expectedProfileId', frame['expectedProfileId'], {
      min: 1,
      max: MAX_PROFILE_ID,
    })
  )
}

function isField(name: string): boolean {
  switch (name) {
    case 'type':
    case 'id':
    case 'method':
    case 'params':
    case 'traceparent':
    case 'expectedProfileId':
      return true
    default:
      return false
  }
}

function problemOfText(name: string, value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return null
  if (value === undefined) return `must have required property '${name}'`
  return `at /${name}: must be a string that is not empty`
}

function problemOfOptional(
  name: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && value.length >= min && value.length <= max) return null
  return `at /${name}: must be a string of ${min} to ${max} characters`
}

function notARequest(id: string, problem: string): ParsedFrame {
  return { kind: 'not-a-request', id, problem }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A caller's own word in an answer: short, and without control characters. */
export function printable(text: string): string {
  return text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')
}

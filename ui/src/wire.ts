/** What the gateway answers, checked where it arrives: nothing further in looks at JSON. */

export interface Me {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly role: string
  readonly scopes: readonly string[]
  /** `session`, `local`, `trusted-proxy` … */
  readonly method: string
  readonly address: string
}

export interface HistoryMessage {
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** Milliseconds since the epoch; `null` when the gateway does not say. */
  readonly at: number | null
  /** Somebody stopped it before its end. */
  readonly stopped: boolean
}

/** The gateway answered something that this page does not understand: another version of either. */
export class UnexpectedAnswer extends Error {
  constructor(what: string) {
    super(`the gateway's answer has no ${what}: reload the page`)
    this.name = 'UnexpectedAnswer'
  }
}

export function parseMe(answer: unknown): Me {
  const { principal, method, clientAddress } = members(answer)
  const { kind, id, displayName, role, scopes } = members(principal)
  return {
    kind: text(kind, 'principal.kind'),
    id: text(id, 'principal.id'),
    name: typeof displayName === 'string' && displayName !== '' ? displayName : text(id, 'id'),
    role: text(role, 'principal.role'),
    scopes: list(scopes).filter((scope) => typeof scope === 'string'),
    method: text(method, 'method'),
    address: typeof clientAddress === 'string' ? clientAddress : '',
  }
}

export function parseProof(answer: unknown): string {
  return text(members(answer)['proof'], 'proof')
}

/** Messages of other roles (tools, system) are not part of the conversation as people see it. */
export function parseHistory(answer: unknown): readonly HistoryMessage[] {
  return list(members(answer)['messages']).flatMap((entry) => {
    const { role, content, timestamp, stopReason } = members(entry)
    if (role !== 'user' && role !== 'assistant') return []
    const at = typeof timestamp === 'number' ? timestamp : null
    return [{ role, text: contentText(content), at, stopped: stopReason === 'aborted' }]
  })
}

/** `{ error: { message, requestId } }`. */
export function parseError(answer: unknown): {
  readonly message: string | null
  readonly requestId: string | null
} {
  const { message, requestId } = members(members(answer)['error'])
  return {
    message: typeof message === 'string' ? message : null,
    requestId: typeof requestId === 'string' ? requestId : null,
  }
}

/** A plain text, or a list of parts of which only the text is shown. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map((part) => members(part)['text'])
    .filter((part) => typeof part === 'string')
    .join('\n')
}

/** The members of an object; of anything else, none. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new UnexpectedAnswer(what)
  return value
}

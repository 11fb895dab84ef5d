/** Requests that wait, as people name them: by the beginning of a request's id, or of the id of the device that asks. */
import { unreachable } from '../core/never.ts'
import { shortId } from '../core/ids.ts'
import { findId, LEAST } from './ids.ts'
import { ended, type Result } from './show-answer.ts'
import { EXIT, type Context } from './types.ts'

export interface Requests<Request extends { readonly requestId: string }> {
  /** `devices approve`, for what is said. */
  readonly command: string
  /** `openclaw devices list`: shows them. */
  readonly shownBy: string
  /** What to say where nobody waits. */
  readonly nobody: string
  readonly pending: readonly Request[]
  /** The id of the device or node that asks. */
  readonly asker: (request: Request) => string
  readonly name: (request: Request) => string
}

export type FoundRequest<Request> =
  | { readonly kind: 'request'; readonly request: Request }
  /** By who asks, and that may ask for something else a moment later. */
  | { readonly kind: 'asker'; readonly request: Request }
  | { readonly kind: 'none' }
  /** Too little of an id to mean one. */
  | { readonly kind: 'short' }
  | { readonly kind: 'several'; readonly requests: readonly Request[] }

/** What fits several is none of them: nobody is let in by luck. */
export function findRequest<Request extends { readonly requestId: string }>(
  given: string,
  { pending, asker }: Pick<Requests<Request>, 'pending' | 'asker'>,
): FoundRequest<Request> {
  const found = findId(given, idsOf({ pending, asker }))
  if (found.kind === 'none' || found.kind === 'short') return found
  const ids = found.kind === 'id' ? [found.id] : found.ids
  const requests = pending.filter(
    (request) => ids.includes(request.requestId) || ids.includes(asker(request)),
  )
  const [only, ...others] = requests
  if (only === undefined) return { kind: 'none' }
  if (others.length > 0) return { kind: 'several', requests }
  return { kind: ids.includes(only.requestId) ? 'request' : 'asker', request: only }
}

/** The request that was meant; where none was, says so and which there are. */
export function namedRequest<Request extends { readonly requestId: string }>(
  given: string,
  requests: Requests<Request>,
  context: Context,
): Result<Extract<FoundRequest<Request>, { kind: 'request' | 'asker' }>> {
  const { command, shownBy, nobody, pending } = requests
  const no = (code: number, message: string) => ended(code, `${command}: ${message}`, context)
  const found = findRequest(given.trim().toLowerCase(), requests)
  switch (found.kind) {
    case 'request':
    case 'asker':
      return { kind: 'done', value: found }
    case 'short':
      return no(
        EXIT.usage,
        `at least the first ${LEAST} characters of the request’s id, or of who asks: \`${shownBy}\` shows them`,
      )
    case 'none':
      return no(
        EXIT.no,
        pending.length === 0
          ? nobody
          : `no such request waits; these do: ${inWords(pending, requests)}`,
      )
    case 'several':
      return no(
        EXIT.no,
        `several begin with that: name one of ${inWords(found.requests, requests)}`,
      )
    default:
      return unreachable(found)
  }
}

/** As much of a request's id as means this one among those that wait. */
export function shortRequestId<Request extends { readonly requestId: string }>(
  { requestId }: Request,
  requests: Pick<Requests<Request>, 'pending' | 'asker'>,
): string {
  const others = idsOf(requests).filter((id) => id !== requestId)
  const ends = Array.from(requestId, (_, index) => index + 1)
  const length = ends.find(
    (end) =>
      end >= shortId(requestId).length &&
      !others.some((id) => id.startsWith(requestId.slice(0, end))),
  )
  return requestId.slice(0, length)
}

function idsOf<Request extends { readonly requestId: string }>({
  pending,
  asker,
}: Pick<Requests<Request>, 'pending' | 'asker'>): readonly string[] {
  return pending.flatMap((request) => [request.requestId, asker(request)])
}

/** `6a0f2c1e-8f2 (Phone), …` */
function inWords<Request extends { readonly requestId: string }>(
  some: readonly Request[],
  requests: Requests<Request>,
): string {
  return some
    .map((request) => `${shortRequestId(request, requests)} (${requests.name(request)})`)
    .join(', ')
}

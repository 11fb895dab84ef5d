/** What would become of a request that nobody has sent: judged by the very code that judges real ones (SPEC 2.10). */
import { z } from 'zod'
import { defineOperation, Refusal, type Call, type Operation } from './types.ts'

/** A request in words. */
export interface MadeUpRequest {
  readonly method: string
  readonly path: string
  /** Address of the other end of the socket. */
  readonly peer: string
  /** `Name: value`, in the order they would arrive. */
  readonly headers: readonly string[]
  /** Owner of the peer's socket, for a peer on this host; `null`: the gateway's own user. */
  readonly uid: number | null
}

export interface Explanation {
  readonly outcome: 'allowed' | 'refused'
  /** HTTP status that the caller would see; 200 when it would be handed to the operation. */
  readonly status: number
  readonly code: string | null
  readonly fix: string | null
  readonly principal: {
    readonly kind: string
    readonly id: string
    readonly scopes: readonly string[]
  } | null
  readonly method: string | null
  readonly clientAddress: string | null
  readonly operation: string | null
  readonly trace: readonly {
    readonly step: string
    readonly verdict: string
    readonly reason: string | null
    readonly detail: string | null
  }[]
}

/** `caller`: whoever asks; a guess in the request is counted against them, so that this is no place to try secrets. */
export type Explain = (
  request: MadeUpRequest,
  caller: Call,
) => Promise<Explanation | { readonly kind: 'refused'; readonly message: string }>

const INPUT = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).default('GET'),
  path: z.string().startsWith('/').max(2_000).default('/api/v1/whoami'),
  peer: z.string().max(64).default('127.0.0.1'),
  headers: z.array(z.string().max(8_000)).max(64).default([]),
  uid: z.int().min(0).nullable().default(null),
})

export function authExplain({ explain }: { readonly explain: Explain }): Operation {
  return defineOperation({
    name: 'auth.explain',
    summary: 'Judge a made-up request against the live configuration',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'POST', path: '/api/v1/auth/explain' },
    websocket: true,
    input: INPUT,
    async run(request, call) {
      const answer = await explain(request, call)
      if ('kind' in answer) throw new Refusal('invalid_input', answer.message)
      return answer
    },
  })
}

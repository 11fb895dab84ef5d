/** Asks a gateway over its owner's socket as whom it sees us: the proof that administration is there. */
import { request } from 'node:http'
import { z } from 'zod'
import { codeOf, messageOf } from '../core/errors.ts'
import { jsonOf } from '../core/json.ts'

const ANSWER = z.object({
  principal: z.object({ kind: z.string(), scopes: z.array(z.string()) }),
})

export type Whoami =
  | { readonly kind: 'admin' }
  /** Somebody answered, and not as to the owner. */
  | { readonly kind: 'no-admin'; readonly why: string }
  | { readonly kind: 'nobody' }

const WAIT_MS = 10_000
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'])

/** `waitMs`: for the answer. */
export async function ownerWhoami(socketPath: string, waitMs = WAIT_MS): Promise<Whoami> {
  try {
    const { status, body } = await askOwnerSocket(socketPath, '/api/v1/whoami', waitMs)
    const principal = ANSWER.safeParse(jsonOf(body)).data?.principal
    const admin = principal?.kind === 'owner' && principal.scopes.includes('operator.admin')
    return status === 200 && admin
      ? { kind: 'admin' }
      : { kind: 'no-admin', why: `it answers ${status} to whoami, and not as to its owner` }
  } catch (error) {
    if (NOBODY.has(codeOf(error))) return { kind: 'nobody' }
    return { kind: 'no-admin', why: messageOf(error) }
  }
}

/** Rejects where nobody answers in `waitMs`. */
export function askOwnerSocket(
  socketPath: string,
  path: string,
  waitMs: number,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(waitMs)
    const fail = (error: unknown): void =>
      reject(signal.aborted ? new Error(`no answer in ${waitMs / 1000} s`) : error)
    const headers = { host: 'localhost' }
    const asked = request({ socketPath, path, headers, agent: false, signal }, (response) => {
      const { statusCode: status = 0 } = response
      bodyOf(response).then((body) => resolve({ status, body }), fail)
    })
    asked.on('error', fail)
    asked.end()
  })
}

/** Whoever sends more than an answer to this is no gateway. */
const MOST_BYTES = 65_536

async function bodyOf(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) {
    chunks.push(chunk)
    if (chunks.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString()
}

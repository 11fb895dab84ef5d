/** Requests with a secret in their address. */
import { FROM_AFAR, http, inWords, webSocket, WHO_ANSWERS, WHOAMI } from './ask.ts'
import type { Probe } from './types.ts'

/** Nobody's secret: what is refused is the place where it stands. */
const NO_SECRET = 'not-a-secret'

export const secretInQuery: Probe = {
  id: 'deep.secret_in_query',
  severity: 'warning',
  title: 'The gateway takes requests with a secret in the address',
  why: 'A secret in an address ends up in logs, histories and Referer headers: such a request is turned away, whatever else it shows (R40). Tried with a made-up one, over HTTP and WebSocket.',
  requests: () => [
    http(`${WHOAMI}?token=${NO_SECRET}`, FROM_AFAR),
    http(`${WHOAMI}?api_key=${NO_SECRET}`, FROM_AFAR),
    webSocket(`/?token=${NO_SECRET}`, FROM_AFAR),
  ],
  judge: (_live, answers) => {
    const taken = answers.filter(({ status }) => status !== 0 && status !== 400)
    if (taken.length === 0) return []
    const each = taken.map(({ sent, status }) => `${inWords(sent)} (${status})`)
    return [{ detail: `Not refused with 400: ${each.join('; ')}`, fix: WHO_ANSWERS }]
  },
}

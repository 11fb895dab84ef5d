/** Requests of a page that is not ours, as a browser sends them. */
import { http, inWords, reported, webSocket, WHO_ANSWERS, WHOAMI, wronglyLetIn } from './ask.ts'
import type { Probe, Sent } from './types.ts'

const ORIGIN = 'Origin: https://stranger.invalid'
/** What a browser asks before it sends a page’s request with a header of its own. */
const PREFLIGHT: Sent = {
  ...http(WHOAMI, ORIGIN, 'Access-Control-Request-Method: GET'),
  method: 'OPTIONS',
}

export const foreignOrigin: Probe = {
  id: 'deep.foreign_origin',
  severity: 'critical',
  title: 'The gateway lets pages of strangers in',
  why: 'A page that your browser opens must not use what that browser holds, over HTTP or WebSocket, nor be told by a CORS header that it may read an answer (SPEC 2.8, 11).',
  requests: () => [
    http(WHOAMI, ORIGIN),
    http(WHOAMI, 'Origin: null'),
    http(WHOAMI, 'Sec-Fetch-Site: cross-site'),
    webSocket('/', ORIGIN),
    PREFLIGHT,
  ],
  judge: (live, answers) => {
    const readable = answers.filter(
      ({ headers }) => headers['access-control-allow-origin'] !== undefined,
    )
    const asked = answers.filter(({ sent }) => sent.method !== 'OPTIONS')
    return [
      ...reported(wronglyLetIn(live, asked), 'Let in with a foreign Origin', WHO_ANSWERS),
      ...(readable.length === 0
        ? []
        : [
            {
              detail: `Allowed a foreign page to read the answer: ${readable.map(({ sent }) => inWords(sent)).join('; ')}`,
              fix: WHO_ANSWERS,
            },
          ]),
    ]
  },
}

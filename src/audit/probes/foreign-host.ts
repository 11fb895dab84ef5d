/** Requests that call the gateway by a name that is not its own. */
import {
  FOREIGN_NAME,
  http,
  reported,
  webSocket,
  WHO_ANSWERS,
  WHOAMI,
  wronglyLetIn,
} from './ask.ts'
import type { Probe } from './types.ts'

const HOST = `Host: ${FOREIGN_NAME}`
const ORIGIN = `Origin: http://${FOREIGN_NAME}`

export const foreignHost: Probe = {
  id: 'deep.foreign_host',
  severity: 'critical',
  title: 'The gateway lets in whoever calls it by a foreign name',
  why: 'A page whose name was pointed at this machine (DNS rebinding) comes from the owner’s browser, under its own name (SPEC 2.3, 2.8). Tried over HTTP and WebSocket.',
  requests: () => [
    http(WHOAMI, HOST),
    http(WHOAMI, HOST, ORIGIN),
    http('/api/v1/config', HOST, 'Sec-Fetch-Site: same-origin'),
    webSocket('/', HOST),
    webSocket('/', HOST, ORIGIN),
  ],
  judge: (live, answers) =>
    reported(wronglyLetIn(live, answers), 'Let in under a foreign name', WHO_ANSWERS),
}

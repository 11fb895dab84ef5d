/** Headers that a proxy or Tailscale writes, written by a stranger. */
import { anyUser, identityHeaders } from '../ways-in.ts'
import { FOREIGN_NAME, http, reported, WHO_ANSWERS, WHOAMI, wronglyLetIn } from './ask.ts'
import type { LiveFacts, Probe } from './types.ts'

const FORGED: readonly (readonly string[])[] = [
  ['X-Forwarded-For: 127.0.0.1'],
  ['X-Forwarded-For: 127.0.0.1, 127.0.0.1', 'X-Forwarded-Proto: https'],
  ['X-Forwarded-Host: localhost', 'X-Forwarded-For: ::1'],
  ['Forwarded: for=127.0.0.1;host=localhost;proto=https'],
  ['X-Real-IP: 127.0.0.1'],
  ['X-Forwarded-User: owner', 'X-Remote-User: owner', 'Remote-User: owner'],
  ['Tailscale-User-Login: alice@example.com', 'Tailscale-User-Name: Alice'],
  [
    'X-Forwarded-For: 100.64.0.9',
    'X-Forwarded-Proto: https',
    `X-Forwarded-Host: ${FOREIGN_NAME}`,
    'Tailscale-User-Login: alice@example.com',
  ],
]

export const forgedHeaders: Probe = {
  id: 'deep.forged_headers',
  severity: 'critical',
  title: 'The gateway believes headers that anybody can write',
  why: 'X-Forwarded-For, Forwarded, X-Real-IP, the header with the user’s name and those of Tailscale count only from whom the configuration trusts (SPEC 2.5, 2.6, S4). A proxy on this host that it does trust is the finding of gateway.trusted_proxy_allow_loopback.',
  requests: ({ audit: { config } }: LiveFacts) => {
    const identity = identityHeaders(config, anyUser(config))
    const own = config.gateway.auth.trustedProxy.userHeader === undefined ? [] : [identity]
    return [...FORGED, ...own].map((headers) => http(WHOAMI, `Host: ${FOREIGN_NAME}`, ...headers))
  },
  judge: (live, answers) =>
    reported(wronglyLetIn(live, answers), 'Let in by forged headers', WHO_ANSWERS),
}

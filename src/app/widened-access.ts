/** Whom a change of the configuration would let in: many made-up requests, asked of the decision code before and after. */
import type { Decided, MadeUp } from '../audit/decided.ts'
import { STRANGER } from '../audit/decided.ts'
import type { Config } from '../config/schema.ts'
import type { Loaded } from '../config/load.ts'
import { systemClock } from '../core/clock.ts'
import { auditFacts } from './audit-facts.ts'
import { askHost } from './host-facts.ts'

/** In words, those that `after` allows and `before` did not, or allows more; `[]`: nobody gains anything. */
export async function newlyAllowed(
  before: Loaded,
  after: Loaded,
  path: string,
): Promise<readonly string[]> {
  const requests = madeUpRequests([before.config, after.config])
  const [was, is] = await Promise.all(
    [before, after].map(async (loaded) => {
      const { host } = await askHost(loaded.config, path)
      const { decide } = await auditFacts({ loaded, host, now: systemClock() })
      return requests.map((request) => decide(request))
    }),
  )
  return requests.flatMap((request, at) => (gains(was?.[at], is?.[at]) ? [inWords(request)] : []))
}

function gains(was: Decided | undefined, is: Decided | undefined): boolean {
  if (is?.kind !== 'allowed') return false
  if (was?.kind !== 'allowed') return true
  return is.scopes.some((scope) => !was.scopes.includes(scope))
}

function inWords({ peer, headers = [], uid }: MadeUp): string {
  // Names alone: the value of one may be the gateway's token.
  const names = headers.map((line) => line.split(':', 1)[0])
  const whose = uid === undefined ? '' : ' as another user'
  return `${peer}${whose} with ${names.length === 0 ? 'no header' : names.join(', ')}`
}

const PEERS = ['127.0.0.1', '::1', '192.168.1.20', '10.0.0.9', '172.17.0.1', '100.64.0.9', STRANGER]
const CLIENTS = ['127.0.0.1', '192.168.1.20', STRANGER]
const HOSTS = ['localhost', 'claw.example.com', '192.168.1.5']
const SOMEBODY_ELSE = 65_533

function madeUpRequests(configs: readonly Config[]): readonly MadeUp[] {
  const proxies = configs.flatMap(({ gateway }) =>
    gateway.trustedProxies.map((range) => range.split('/')[0] ?? range),
  )
  const peers = [...new Set([...PEERS, ...proxies])]
  const credentials = [[], ...configs.flatMap(secretHeaders)]
  const origins = [[], ['Origin: https://evil.example'], ['Origin: http://localhost']]
  const identities = [
    [],
    ...configs.flatMap(identityHeaders),
    ['Tailscale-User-Login: a@b.example'],
  ]
  const forwarded = [[], ...CLIENTS.map((client) => [`X-Forwarded-For: ${client}`])]
  return peers.flatMap((peer) =>
    HOSTS.flatMap((host) =>
      credentials.flatMap((credential) =>
        origins.flatMap((origin) =>
          identities.flatMap((identity) =>
            forwarded.flatMap((client): readonly MadeUp[] => {
              const headers = [`Host: ${host}`, ...credential, ...origin, ...identity, ...client]
              return [
                { peer, headers },
                { peer, headers, uid: SOMEBODY_ELSE },
              ]
            }),
          ),
        ),
      ),
    ),
  )
}

function secretHeaders({ gateway: { auth } }: Config): readonly string[][] {
  const secrets = [auth.token, auth.tokenSecondary, auth.password]
  return secrets.flatMap((secret) =>
    secret === undefined ? [] : [[`Authorization: Bearer ${secret.reveal()}`]],
  )
}

function identityHeaders({ gateway: { auth } }: Config): readonly string[][] {
  const { userHeader, requiredHeaders, allowUsers } = auth.trustedProxy
  if (userHeader === undefined) return []
  const required = requiredHeaders.map((name) => `${name}: x`)
  return [...allowUsers, 'eve@example.com'].map((user) => [`${userHeader}: ${user}`, ...required])
}

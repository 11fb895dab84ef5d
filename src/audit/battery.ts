/** Requests of every kind, made up from a configuration: whoever it lets in, and whoever it does not, is among them. */
import type { Config } from '../config/schema.ts'
import { secretsOf } from '../config/secrets-of.ts'
import type { AuditFacts } from './types.ts'
import { OTHER_UID, STRANGER, type MadeUp } from './decided.ts'
import { anyUser, identityHeaders, proxyPeers } from './ways-in.ts'

interface Said {
  readonly headers: readonly string[]
}

/** `keys`: API keys whose text is known. Some hundred; the same for the same configuration. */
export function battery(config: Config, keys: readonly string[] = []): readonly MadeUp[] {
  const shown = [...strangeHeaders(config), ...credentials(config, keys)]
  return peers(config).flatMap((peer) =>
    shown.map(({ headers }): MadeUp => {
      const host = headers.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost']
      return { ...peer, headers: [...host, ...headers] }
    }),
  )
}

function peers({ gateway }: Config): readonly Pick<MadeUp, 'peer' | 'uid'>[] {
  const elsewhere = [
    STRANGER,
    '192.168.7.9',
    '172.16.0.4',
    '2001:db8::7',
    'fd00::7',
    ...proxyPeers(gateway.trustedProxies),
  ]
  return [
    { peer: '127.0.0.1' },
    { peer: '127.0.0.1', uid: OTHER_UID },
    { peer: '::1' },
    { peer: '::1', uid: OTHER_UID },
    { peer: '127.0.0.2', uid: OTHER_UID },
    ...[...new Set(elsewhere)].map((peer) => ({ peer, uid: OTHER_UID })),
  ]
}

/** Without a credential of ours. */
function strangeHeaders(config: Config): readonly Said[] {
  const { userHeader } = config.gateway.auth.trustedProxy
  const anybody = 'nobody-in-particular@example.com'
  return [
    { headers: [] },
    { headers: ['Host: claw.example.com'] },
    { headers: ['Host: claw.example.com', 'Origin: https://claw.example.com'] },
    { headers: ['Host: rebound.example', 'Origin: http://rebound.example'] },
    { headers: ['Origin: https://stranger.example'] },
    { headers: ['Sec-Fetch-Site: cross-site'] },
    { headers: ['X-Forwarded-For: 127.0.0.1'] },
    { headers: ['X-Forwarded-For: 198.51.100.9'] },
    { headers: identityHeaders(config, anyUser(config)) },
    { headers: identityHeaders(config, anybody) },
    ...(userHeader === undefined ? [] : [{ headers: [`${userHeader}: ${anybody}`] }]),
    {
      headers: [
        'X-Forwarded-For: 100.64.0.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: claw.example.ts.net',
        'Tailscale-User-Login: alice@example.com',
      ],
    },
  ]
}

/** Every secret of the configuration, a key and a wrong one, each in every place where one may stand. */
function credentials(config: Config, keys: readonly string[]): readonly Said[] {
  const known = secretsOf(config).map(({ secret }) => secret.reveal())
  const values = [...new Set([...known, ...keys, 'wrong-'.repeat(8), `sk-${'wrong'.repeat(8)}`])]
  return values
    .filter((value) => /^[\x21-\x7e]+$/.test(value))
    .flatMap((value) => [
      { headers: [`Authorization: Bearer ${value}`] },
      { headers: [`Authorization: Basic ${Buffer.from(`any:${value}`).toString('base64')}`] },
      { headers: [`X-OpenClaw-Password: ${value}`] },
      { headers: [`X-API-Key: ${value}`] },
      { headers: [`Authorization: Bearer ${value}`, 'Origin: https://stranger.example'] },
      {
        headers: [`Authorization: Bearer ${value}`, ...identityHeaders(config, anyUser(config))],
      },
    ])
}

/** Scopes by request, and what a stranger may on each account of a chat network; whoever may nothing is not in it. */
export type Rights = ReadonlyMap<string, readonly string[]>

export function rightsOf(
  requests: readonly MadeUp[],
  { decide, accounts }: Pick<AuditFacts, 'decide' | 'accounts'>,
): Rights {
  const letIn = requests.flatMap((request): readonly (readonly [string, readonly string[]])[] => {
    const decided = decide(request)
    return decided.kind === 'allowed' ? [[JSON.stringify(request), decided.scopes]] : []
  })
  const heard = accounts.flatMap(({ place, stranger }) =>
    Object.entries(stranger).map(
      ([where, may]) => [`${place} ${where}`, MEANS[may ?? 'refused']] as const,
    ),
  )
  return new Map([...letIn, ...heard])
}

/** Who is heard need not ask. */
const MEANS = { refused: [], asks: ['asks'], allowed: ['asks', 'allowed'] } as const

/** How many may something afterwards that they might not before. */
export function gained(before: Rights, after: Rights): number {
  return [...after].filter(([name, rights]) => {
    const held = before.get(name) ?? []
    return rights.some((right) => !held.includes(right))
  }).length
}

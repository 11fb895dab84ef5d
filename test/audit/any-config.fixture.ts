/** For tests: any configuration that the schema takes, with the settings that decide who gets in set more often than others. */
import * as fc from 'fast-check'
import { keyText, type KeyPath } from '../../src/config/key-path.ts'
import { configSchema } from '../../src/config/schema.ts'
import { settings, type Setting } from '../../src/config/schema-walk.ts'
import { TOKEN } from '../gateway.ts'

export interface Addresses {
  /** Of this host, which the other machine reaches. */
  readonly own: string
  /** Of the other machine. */
  readonly other: string
}

const USERS = ['alice@example.com', 'bob@example.com', 'nobody-in-particular@example.com']
const PASSWORD = 'correct-horse-battery-staple'

/** What cannot be made up from the kind of a setting alone. */
function pools({ own, other }: Addresses): Readonly<Record<string, readonly unknown[]>> {
  const proxies = ['127.0.0.1', '127.0.0.0/8', '::1', '10.0.0.0/8', '0.0.0.0/0', '192.0.2.1']
  const lists = proxies.map((one) => [one])
  return {
    'gateway.trustedProxies': [[], [], ...lists, [other], [own], [`${other}/24`, '127.0.0.1']],
    // There is no tailnet here, on which another machine could come.
    'gateway.bind': ['loopback', 'lan', 'custom'],
    'gateway.customBindHost': ['127.0.0.1', '127.0.0.5', '0.0.0.0', own],
    'gateway.bridgePort': [0],
    'gateway.auth.mode': ['token', 'none', 'password', ...Array<string>(5).fill('trusted-proxy')],
    'gateway.auth.token': [TOKEN, TOKEN, 'short'],
    'gateway.auth.tokenSecondary': ['f00d'.repeat(16)],
    'gateway.auth.password': [...Array<string>(9).fill(PASSWORD), 'short'],
    'gateway.auth.trustedProxy.userHeader': ['x-forwarded-user', 'remote-user', 'x-real-ip'],
    'gateway.auth.trustedProxy.requiredHeaders': [[], ['x-proxy-secret'], ['x-forwarded-proto']],
    'gateway.auth.trustedProxy.allowUsers': [[], [USERS[0]], USERS.slice(0, 2)],
    'gateway.auth.identityScopes': [{}, { [String(USERS[0])]: ['operator.admin'] }],
    'gateway.controlUi.allowedOrigins': [[], ['*'], ['https://claw.example.com']],
    'gateway.http.securityHeaders.strictTransportSecurity': [false, 'max-age=1'],
    'session.identityLinks': [{}, { alice: ['telegram:123'] }],
    'commands.ownerAllowFrom': [[], ['telegram:123']],
    'security.audit.accepted': [[]],
    'agents.defaults.workspace': ['elsewhere'],
    // Smaller ones, and whoever is let in is told to wait.
    'security.rateLimit.requests': [1_000, 1_000_000],
    'gateway.auth.rateLimit.maxAttempts': [20, 100],
  }
}

/** They would only decide whether it starts, or need a network or a Tailscale that is not here. */
const LEFT_OUT =
  /^(?:\$schema|gateway\.(?:port|mode|tls|remote|tailscale)\b|store|cluster|gateway\.auth\.trustedProxy\.jwt|gateway\.auth\.allowTailscale|channels\.\w+\.(?!dmPolicy|groupPolicy)|agents\.list|models|plugins|secrets|security\.apiKeys)/

export function anyConfig(addresses: Addresses): fc.Arbitrary<object> {
  const known = pools(addresses)
  const usable = settings(configSchema).flatMap((setting) => {
    const name = keyText(setting.path)
    const values = known[name] ?? valuesOf(setting)
    return LEFT_OUT.test(name) || values.length === 0 ? [] : [{ path: setting.path, name, values }]
  })
  const parts = usable.map(({ path, name, values }) => {
    const percent = oftenOf(name)
    return fc
      .oneof(
        { weight: 100 - percent, arbitrary: fc.constant(undefined) },
        { weight: percent, arbitrary: fc.constantFrom(...values) },
      )
      .map((value) => ({ path, value }))
  })
  return fc.noBias(fc.tuple(...parts)).map((chosen) => {
    const root: Record<string, unknown> = {}
    for (const { path, value } of chosen) if (value !== undefined) put(root, path, value)
    return root
  })
}

/** In how many of a hundred configurations a setting is written down: what decides who gets in more often than the rest. */
const OFTEN: readonly (readonly [RegExp, number])[] = [
  [/exec\.sandbox|^gateway\.auth\.tokenSecondary/, 5],
  [/^gateway\.auth\.token/, 10],
  [/^gateway\.(?:auth\.mode|auth\.trustedProxy\.userHeader|customBindHost|trustedProxies)/, 95],
  [/^gateway\.(?:auth\.(?:password|trustedProxy)|bind)/, 70],
]

function oftenOf(name: string): number {
  return OFTEN.find(([pattern]) => pattern.test(name))?.[1] ?? 20
}

function valuesOf({ path, kind, accepts }: Setting): readonly unknown[] {
  if (path.includes('*')) return []
  if (kind === 'boolean') return [true, false]
  if (kind === 'choice') return /^one of (.*)$/.exec(accepts)?.[1]?.split(', ') ?? []
  if (kind !== 'number') return []
  const [, least = '0', most = '0'] = /from (\d+) to (\d+)/.exec(accepts) ?? []
  return [Number(least), Number(most)]
}

function put(root: Record<string, unknown>, path: KeyPath, value: unknown): void {
  const [step = '', ...rest] = path
  if (rest.length === 0) {
    root[step] = value
    return
  }
  const below = (root[step] ??= {})
  put(below as Record<string, unknown>, rest, value)
}

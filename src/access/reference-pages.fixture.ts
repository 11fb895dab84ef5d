/** Hosts, and the Origins that look like theirs: every near miss that a lax comparison would take for a hit. */
import * as fc from 'fast-check'
import { STRANGER, accessWith } from './scene.fixture.ts'
import type { AccessPolicy, Evidence } from './types.ts'

const HOSTS = [
  'localhost',
  '127.0.0.1',
  '127.8.9.1',
  '::1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '172.32.0.1',
  '192.168.1.5',
  '169.254.7.7',
  'fd12::1',
  'fe80::1',
  'fec0::1',
  '2001:db8::1',
  '203.0.113.9',
  '0.0.0.0',
  'claw.tail1.ts.net',
  'other.tail1.ts.net',
  'gateway.example',
  'claw.example.com',
  'localhost.',
  '10.1.2.3.evil.example',
  'localhost.evil.example',
  'xn--lcalhost-nbh',
] as const

type Change = (host: string) => string
/** `same` stands often, so that agreement on a hit is not rare. */
const CHANGES: readonly Change[] = [
  ...Array.from({ length: 16 }, (): Change => (host) => host),
  (host) => host.toUpperCase(),
  (host) => `${host}.`,
  (host) => `${host}.evil.example`,
  (host) => `evil.${host}`,
  (host) => `evil${host}`,
  (host) => host.slice(0, -1),
  (host) => `user@${host}`,
  (host) => `user:pass@${host}`,
  (host) => `${host}@evil.example`,
  (host) => `evil.example#${host}`,
  (host) => `${host}/`,
  (host) => `${host}/path`,
  (host) => `${host}?query`,
  (host) => ` ${host}`,
  (host) => `${host} https://evil.example`,
  (host) => `${host},https://evil.example`,
  (host) => host.replace('o', 'о'),
  (host) => host.replace('.', '-'),
  (host) => host.replace('l', '%6c'),
  (host) => host.replace('l', '\uff4c'),
  (host) => `${host}\\.evil.example`,
  (host) => `${host}\t`,
  () => '127.1',
  () => '2130706433',
  () => '0x7f.0.0.1',
  () => 'xn--lcalhost-nbh',
  (host) => `[${host}]`,
  (host) => host.replace('::', ':0:'),
  () => 'evil.example',
  () => '',
]
const PORTS = ['', '', ':18789', ':18789', ':80', ':443', ':1', ':018789', ':', ':99999', ':1x']
const SCHEMES = ['http', 'http', 'http', 'https', 'https', 'HTTP', 'file', 'ws', 'javascript']
const WHOLE = [
  null,
  null,
  'null',
  '',
  'NULL',
  '*',
  'localhost',
  '//localhost',
  'https://',
  'about:blank',
]

export interface Visit {
  readonly host: string
  readonly hostPort: string
  readonly scheme: 'http' | 'https' | null
  readonly origin: string | null
  readonly site: string | null
  readonly navigation: boolean
  readonly target: 'page' | 'operation'
  readonly listed: boolean
  readonly any: boolean
  readonly fallback: boolean
}

const likeTheHost = fc
  .tuple(
    fc.constantFrom(...HOSTS),
    fc.constantFrom(...CHANGES),
    fc.constantFrom(...SCHEMES),
    fc.constantFrom(...PORTS),
  )
  .map(([host, change, scheme, port]) => ({ host, origin: originOf(change(host), scheme, port) }))
const somethingElse = fc
  .tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...WHOLE))
  .map(([host, origin]) => ({ host, origin }))

function originOf(name: string, scheme: string, port: string): string {
  const host = /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(name) ? `[${name}]` : name
  return `${scheme}://${host}${port}`
}

const rest = fc.record({
  hostPort: fc.constantFrom('', '', '18789', '18789', '80', '443', '1'),
  scheme: fc.constantFrom('http', 'http', 'https', null),
  site: fc.constantFrom(null, null, 'same-origin', 'none', 'same-site', 'cross-site', 'None', ''),
  navigation: fc.boolean(),
  target: fc.constantFrom('page', 'operation'),
  listed: fc.constantFrom(false, false, true),
  any: fc.constantFrom(false, false, false, false, false, true),
  fallback: fc.constantFrom(false, false, false, true),
})

export const anyVisit: fc.Arbitrary<Visit> = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: likeTheHost }, somethingElse), rest)
  .map(([names, others]) => ({ ...others, ...names }))

const LISTED = new Set([
  'https://claw.example.com',
  'http://gateway.example:18789',
  'http://[2001:db8::1]',
])

export function arrive(visit: Visit): {
  readonly evidence: Evidence
  readonly policy: AccessPolicy
} {
  const { host, hostPort, origin, site, scheme, navigation } = visit
  const origins = {
    allowed: visit.listed ? LISTED : new Set<string>(),
    any: visit.any,
    hostHeaderFallback: visit.fallback,
    tailnetNames: new Set(['claw.tail1.ts.net']),
  }
  return {
    evidence: {
      ...STRANGER,
      host: { name: host, port: hostPort },
      browser: { origin, site, scheme, navigation },
    },
    policy: accessWith({ origins }).policy,
  }
}

/** Whom a request is attributed to, against a naive reading of SPEC 2.1: every spelling, every garbage, every length. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sameText } from '../access/reference-address.fixture.ts'
import {
  attributeByTheText,
  isForwardingByTheText,
} from '../access/reference-forwarding.fixture.ts'
import { attributeClient, isForwardingHeader } from './forwarding.ts'

const RUNS = 120_000
const TIMEOUT = 60_000

/** Canonical: what an AddressList compares. */
const TRUSTED = ['10.1.2.3', '10.1.2.4', 'fd00::1', '127.0.0.9']
const TRUSTED_TEXTS = new Set(TRUSTED.map(sameText))
const isTrusted = (address: string) => TRUSTED.includes(address)
const isTrustedText = (address: string) => TRUSTED_TEXTS.has(sameText(address))

const OURS = [
  '10.1.2.3',
  '10.1.2.4:8443',
  '::ffff:10.1.2.3',
  '::FFFF:0a01:0203',
  '[::ffff:10.1.2.4]:1',
  'fd00::1',
  'FD00:0:0:0:0:0:0:1',
  '[fd00::1]',
  '[fd00:0::1]:443',
  ' 10.1.2.3',
  '127.0.0.9',
]
const CLIENTS = [
  '203.0.113.9',
  '203.0.113.9:51000',
  '::ffff:203.0.113.9',
  '[::ffff:cb00:7109]:1',
  '2001:db8::1',
  '2001:DB8:0:0::0001',
  '[2001:db8::1]',
  '[2001:db8::1]:443',
  '2001:db8::1:443',
  '1:2:3:4:5:6:7:8',
  '::1.2.3.4',
  '::ffff:0:1.2.3.4',
  '64:ff9b::192.0.2.1',
  '0.0.0.1',
  '128.0.0.1',
  '10.1.2.30',
]
const NOBODY = ['127.0.0.1', '127.0.0.1:80', '::1', '[::1]:80', '::ffff:127.0.0.1', '0.0.0.0', '::']
const GARBAGE = [
  '',
  ' ',
  'unknown',
  '_hidden',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4:',
  '1.2.3.4:x',
  '1.2.3.4:123456',
  '1.2.3.4/8',
  '[1.2.3.4]',
  '[203.0.113.9]:80',
  '[::1',
  '::1]',
  '[[::2]]',
  '[]',
  '[2001:db8::1]x',
  '[2001:db8::1]:',
  'fe80::1%eth0',
  '[fe80::1%25eth0]:1',
  '"203.0.113.9"',
  'for=203.0.113.9',
  '1::2::3',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::1',
  '::1.2.3.256',
  '203.0.113.9 10.1.2.3',
  '203.0.113.9;10.1.2.3',
  '0x7f.0.0.1',
  '3405803785',
]

const group = fc.oneof(
  fc.constantFrom('0', '1', 'ffff', '00', 'DB8', '0000'),
  fc.nat(0xffff).map((n) => n.toString(16)),
)
const randomHop = fc.oneof(
  fc.tuple(fc.nat(260), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.')),
  fc.array(group, { minLength: 6, maxLength: 9 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 4 }), fc.array(group, { maxLength: 4 }))
    .map(([left, right]) => `${left.join(':')}::${right.join(':')}`),
)
const hop = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...OURS) },
  { weight: 3, arbitrary: fc.constantFrom(...CLIENTS) },
  { weight: 1, arbitrary: fc.constantFrom(...NOBODY) },
  { weight: 1, arbitrary: fc.constantFrom(...GARBAGE) },
  { weight: 1, arbitrary: randomHop },
)
/** A chain of ours of any length, 32 and 33 among them, behind whatever the client wrote. */
const chain = fc
  .tuple(
    fc.array(hop, { maxLength: 3 }),
    fc.constantFrom(0, 0, 1, 2, 30, 31, 32, 33, 40),
    fc.constantFrom(...OURS),
  )
  .map(([first, more, ours]) => [...first, ...Array.from({ length: more }, () => ours)])
const header = fc.option(
  fc
    .tuple(fc.oneof(fc.array(hop, { maxLength: 5 }), chain), fc.constantFrom(',', ', ', ' ,\t'))
    .map(([hops, comma]) => hops.join(comma)),
  { nil: undefined, freq: 20 },
)
const peer = fc.constantFrom(
  { address: '10.1.2.3', port: 1, loopback: false, trusted: true, ownInterface: false },
  { address: '10.1.2.3', port: 1, loopback: false, trusted: true, ownInterface: false },
  { address: '127.0.0.9', port: 1, loopback: true, trusted: true, ownInterface: false },
  { address: '198.51.100.1', port: 1, loopback: false, trusted: false, ownInterface: false },
)

test(
  'R25 R26: attribution agrees with a naive reading of SPEC 2.1, and each client has one name',
  { timeout: TIMEOUT },
  () => {
    const seen = { malformed: 0, peer: 0, client: 0, long: 0 }
    const names = new Map<string | null, string>()
    const property = fc.property(peer, header, (from, forwardedFor) => {
      const wanted = attributeByTheText(from, forwardedFor, isTrustedText)
      const client = attributeClient(from, forwardedFor, isTrusted)
      const answer = client.kind === 'client' ? client.address : 'malformed'
      if (sameText(answer) !== sameText(wanted)) expect(answer).toBe(wanted)
      if (client.kind === 'malformed') seen.malformed += 1
      else if (answer === from.address) seen.peer += 1
      else seen.client += 1
      if (client.kind === 'malformed') return
      const name = names.get(sameText(answer)) ?? answer
      names.set(sameText(answer), name)
      if (name !== answer) expect(answer).toBe(name)
      if (forwardedFor !== undefined && forwardedFor.split(',').length > 32) seen.long += 1
    })
    fc.assert(property, { numRuns: RUNS })
    expect(Math.min(seen.malformed, seen.peer, seen.client)).toBeGreaterThan(10_000)
    expect(seen.long).toBeGreaterThan(1_000)
  },
)

test(
  'R25: what stands left of the client is not read, whatever it is',
  { timeout: TIMEOUT },
  () => {
    const property = fc.property(
      fc.constantFrom(...CLIENTS),
      fc.array(fc.constantFrom(...OURS), { maxLength: 4 }),
      fc.array(hop, { maxLength: 40 }),
      (client, ours, forged) => {
        const proxy = {
          address: '10.1.2.3',
          port: 1,
          loopback: false,
          trusted: true,
          ownInterface: false,
        }
        const honest = attributeClient(proxy, [client, ...ours].join(','), isTrusted)
        const spoofed = attributeClient(proxy, [...forged, client, ...ours].join(','), isTrusted)
        if (JSON.stringify(honest) !== JSON.stringify(spoofed)) expect(spoofed).toEqual(honest)
        if (honest.kind !== 'client') expect(honest.kind).toBe('client')
      },
    )
    fc.assert(property, { numRuns: RUNS })
  },
)

test(
  'R16 R34: what is forwarding evidence by name agrees with the list of SPEC 2.1',
  { timeout: TIMEOUT },
  () => {
    const stems = [
      'forwarded',
      'x-forwarded',
      'x-real-ip',
      'tailscale',
      'cf',
      'cdn-loop',
      'true-client-ip',
      'x-client-ip',
      'x-cluster-client-ip',
      'x-envoy',
      'x-original',
      'x-amzn',
      'via',
      'x',
      'host',
      'origin',
      '',
    ]
    const ends = ['', '-', '-for', '-user', '-x', 's', 'ed', '-ip', '_for', 'x-forwarded-for']
    const starts = ['', '', '', '', 'x-', 'y', '-']
    const name = fc
      .tuple(fc.constantFrom(...starts), fc.constantFrom(...stems), fc.constantFrom(...ends))
      .map((parts) => parts.join(''))
    const seen = { yes: 0, no: 0 }
    const property = fc.property(name, (text) => {
      const wanted = isForwardingByTheText(text)
      if (isForwardingHeader(text) !== wanted) expect(text).toBe(wanted ? 'forwarding' : 'nothing')
      if (wanted) seen.yes += 1
      else seen.no += 1
    })
    fc.assert(property, { numRuns: RUNS })
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(10_000)
  },
)

import { expect, test } from 'vitest'
import {
  AddressList,
  canonicalAddress,
  coarseBucket,
  guessBucket,
  isLoopback,
  isPrivate,
  parseRange,
} from './address.ts'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::FFFF:cb00:7109', '203.0.113.9'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['010.0.0.1', null],
  ['127.1', null],
  ['', null],
  ['localhost', null],
])('R26: %s is canonically %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected)
})

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['203.0.113.9', '203.0.113.9', '203.0.0.0/16'],
])('%s guesses from the bucket %s, and coarsely %s', (address, bucket, coarse) => {
  expect(guessBucket(address)).toBe(bucket)
  expect(coarseBucket(address)).toBe(coarse)
})

test('every address of a /64 guesses from one bucket, and its neighbour from another', () => {
  expect(guessBucket('2001:db8::ffff')).toBe(guessBucket('2001:db8::1:0:0:1'))
  expect(guessBucket('2001:db8:0:1::1')).not.toBe(guessBucket('2001:db8::1'))
})

test.each([
  '1.2.3.4/33',
  '::/129',
  '1.2.3.4/',
  '1.2.3/8',
  'a/8',
  '::ffff:10.0.0.0/90',
  '1.2.3.4/8/8',
  'fe80::1%eth0/64',
])('%s is no range', (text) => {
  expect(parseRange(text)).toBeNull()
})

test('a list holds addresses and networks of both families, mapped ones as IPv4', () => {
  const list = new AddressList(['10.0.0.0/8', '2001:db8::/32', '::ffff:192.0.2.0/120'])
  expect(
    ['10.255.0.1', '2001:db8:ffff::1', '192.0.2.200'].map((address) => list.has(address)),
  ).toEqual([true, true, true])
  expect(['11.0.0.1', '2001:db9::1', '192.0.3.1'].map((address) => list.has(address))).toEqual([
    false,
    false,
    false,
  ])
  expect(() => new AddressList(['10.0.0.0/8', 'nonsense'])).toThrow(/"nonsense"/)
})

test('loopback and private are what the RFCs say', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true)
  expect(['128.0.0.1', '10.0.0.1', '::2', '0.0.0.0'].some(isLoopback)).toBe(false)
  expect(
    ['10.1.1.1', '172.31.255.255', '192.168.1.1', '169.254.1.1', 'fd00::1', 'fe80::1'].every(
      isPrivate,
    ),
  ).toBe(true)
  expect(['172.32.0.1', '100.64.0.1', '2001:db8::1'].some(isPrivate)).toBe(false)
})

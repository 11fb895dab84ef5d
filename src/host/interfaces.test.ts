import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { hostInterfaces } from './interfaces.ts'

function ipv4(address: string): NetworkInterfaceInfo {
  const rest = { netmask: '255.255.255.0', mac: '00:00:00:00:00:00', internal: false, cidr: null }
  return { family: 'IPv4', address, ...rest }
}

function ipv6(address: string): NetworkInterfaceInfo {
  const rest = { netmask: 'ffff::', mac: '00:00:00:00:00:00', internal: false, cidr: null }
  return { family: 'IPv6', address, scopeid: 0, ...rest }
}

describe('the addresses of this host', () => {
  it('knows every address the kernel lists', () => {
    const real = Object.values(networkInterfaces()).flatMap((infos) => infos ?? [])
    const { addresses } = hostInterfaces({ clock: systemClock })
    expect(addresses().size).toBe(new Set(real.map(({ address }) => address)).size)
  })

  it.each([
    { address: '192.0.2.7', own: true },
    { address: 'fe80::1', own: true },
    { address: '2001:db8::7', own: true },
    { address: '192.0.2.8', own: false },
    { address: '127.0.0.1', own: false },
    { address: '::1', own: false },
  ])('$address is an interface of ours: $own', ({ address, own }) => {
    const list = () => ({
      lo: [ipv4('127.0.0.1'), ipv6('::1')],
      eth0: [ipv4('192.0.2.7'), ipv6('fe80::1%eth0'), ipv6('2001:0db8:0::7')],
    })
    expect(hostInterfaces({ clock: () => 0, list }).isOwnInterface(address)).toBe(own)
  })

  it('asks the kernel again after 5 s, and at once when the clock was set back', () => {
    const host = { now: 100_000, up: ['192.0.2.1'], reads: 0 }
    const list = () => {
      host.reads += 1
      return { eth0: host.up.map(ipv4) }
    }
    const { isOwnInterface } = hostInterfaces({ clock: () => host.now, list })

    host.up = ['192.0.2.2']
    host.now += 4_999
    expect(isOwnInterface('192.0.2.2')).toBe(false)
    host.now += 1
    expect(isOwnInterface('192.0.2.2')).toBe(true)
    expect(isOwnInterface('192.0.2.1')).toBe(false)
    expect(host.reads).toBe(2)
    host.now = 0
    host.up = []
    expect(isOwnInterface('192.0.2.2')).toBe(false)
  })
})
